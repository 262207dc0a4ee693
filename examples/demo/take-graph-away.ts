import type { Phase } from "./progress.ts";
import type { Heard, Watch } from "./watch.ts";

/** What can be done to the graph, wherever that happens. Times are wall times of this machine. */
export interface Faults {
  /** The answers of the next commits that the graph makes do not arrive. */
  swallowCommitAnswers(count: number): void;
  /** How many have been swallowed so far. */
  swallowed(heard: Heard): number;
  cut(): Promise<number>;
  restore(): Promise<number>;
}

export interface Outage {
  readonly cutAt: number;
  readonly restoredAt: number;
}

const FEWEST_SWALLOWED_ANSWERS = 20;
/** Fewer in a row than a breaker tolerates: the commits without an answer come before the outage, not as its beginning. */
const SWALLOWED_IN_A_ROW = 3;
/** Operations that must complete before the next few answers are swallowed, the replays among them. */
const COMPLETED_BETWEEN = 5;

const SWALLOWING_BEGINS_AT = 0.1;
const CUT_AT = 0.3;
/** Later, the load would end within the outage, or before it. */
const LATEST_CUT_AT = 0.6;
/** A little more than the 30 % that are promised. */
const ACCEPTED_DURING_OUTAGE = 0.34;

/** The story of the demo, while the load goes on: commits without an answer, then no graph at all, then the graph again. */
export async function takeGraphAway(
  watch: Watch,
  faults: Faults,
  operations: number,
  show: (phase: Phase) => void,
): Promise<Outage> {
  const acknowledged = (count: number) => watch.until(({ load }) => accepted(load) >= count);

  show("normal");
  await acknowledged(operations * SWALLOWING_BEGINS_AT);
  show("answers lost");
  await swallowAnswers(watch, faults);
  await acknowledged(operations * CUT_AT);
  // What opens the breaker must be the cut, or detectMs would measure something else.
  await watch.until(({ service }) => service?.admits === true);

  const acceptedBefore = accepted(watch.heard.load);
  if (acceptedBefore > operations * LATEST_CUT_AT)
    throw new Error(
      "The load was nearly over before the graph could be cut: this machine is slower than the load. Offer more operations, or fewer a second (--operations, --rate).",
    );

  show("graph cut");
  const cutAt = await faults.cut();
  await watch.until(
    ({ load }) => accepted(load) - acceptedBefore >= operations * ACCEPTED_DURING_OUTAGE || load?.finished === true,
  );

  show("draining");
  const restoredAt = await faults.restore();
  return { cutAt, restoredAt };
}

async function swallowAnswers(watch: Watch, faults: Faults): Promise<void> {
  const until = async (holds: (heard: Heard) => boolean): Promise<void> => {
    await watch.until((heard) => holds(heard) || isOver(heard));
    if (isOver(watch.heard))
      throw new Error(
        `All operations were done before ${FEWEST_SWALLOWED_ANSWERS} answers had been swallowed: offer more.`,
      );
  };
  let asked = 0;
  while (faults.swallowed(watch.heard) < FEWEST_SWALLOWED_ANSWERS) {
    asked += SWALLOWED_IN_A_ROW;
    faults.swallowCommitAnswers(SWALLOWED_IN_A_ROW);
    await until((heard) => faults.swallowed(heard) >= asked);
    // A status that was on its way while they were swallowed would count what had completed before.
    const swallowedAt = Date.now();
    await until(({ service }) => (service?.at ?? 0) > swallowedAt);
    const completed = (heard: Heard): number => heard.service?.completed ?? 0;
    const before = completed(watch.heard);
    await until((heard) => completed(heard) >= before + COMPLETED_BETWEEN);
  }
}

const isOver = ({ load, service }: Heard): boolean => load?.finished === true && service?.unfinished === 0;

const accepted = (load: Heard["load"]): number => (load === undefined ? 0 : load.completed + load.queued + load.failed);
