import { setTimeout as pause } from "node:timers/promises";
import type { GraphUnderTest } from "./graph-under-test.ts";
import type { Kill } from "./kill-schedule.ts";
import type { Life } from "./life.ts";
import type { ThreadPoint } from "./messages.ts";

/** The part of a life's acknowledgements that comes before its outage. */
const BEFORE_OUTAGE = 0.3;

/** Submits without an answer while a backlog is drained. */
const LIVE_WHILE_DRAINING = 16;

export interface KillSettings {
  /** Acknowledgements of this life before it may be killed. */
  readonly acknowledgements: number;
  /** How long a start takes here, as measured in an earlier life. Milliseconds. */
  readonly startMs: number;
  readonly signal: AbortSignal;
}

/** The point at which a thread of the life has to be held from its start on. */
export function holdAtStart(kill: Kill): ThreadPoint | undefined {
  if (kill.kind === "migration") return kill.point;
  return kill.kind === "startup" && typeof kill.at === "string" ? kill.at : undefined;
}

/** Lets the life go on until it is where `kill` wants it, and kills it there. */
export async function carryOutKill(
  kill: Kill,
  life: Life,
  graph: GraphUnderTest,
  { acknowledgements, startMs, signal }: KillSettings,
): Promise<void> {
  const acknowledged = (share = 1): Promise<void> =>
    life.until(
      `${Math.ceil(acknowledgements * share)} acknowledgements`,
      (status) => status.acknowledged >= acknowledgements * share,
    );
  /** While the graph is away, the load pauses at the longest backlog. */
  const acknowledgedOrFull = (): Promise<void> =>
    life.until(
      `${acknowledgements} acknowledgements, or a full backlog`,
      (status) => status.acknowledged >= acknowledgements || status.waiting > graph.longestBacklog,
    );
  const held = (point: string): Promise<void> =>
    life.until(`being held at ${point}`, (status) => status.held === point);

  switch (kill.kind) {
    case "point":
      await acknowledged();
      life.tell({ kind: "arm", point: kill.point });
      await held(kill.point);
      break;
    case "draining":
      await acknowledged(BEFORE_OUTAGE);
      await graph.takeAway(kill.outage, life);
      await life.until("the breaker to be open", ({ runs }) => !runs);
      await acknowledgedOrFull();
      await drain(kill.leftShare, life, graph);
      break;
    case "startup":
      if (typeof kill.at === "string") await held(kill.at);
      else {
        const late = pause(kill.at * startMs, undefined, { signal });
        await Promise.race([late, life.until("being ready", ({ ready }) => ready)]);
      }
      break;
    case "migration":
      await held(kill.point);
      break;
    case "random":
      if (kill.outage === undefined) await acknowledged();
      else {
        await acknowledged(BEFORE_OUTAGE);
        await graph.takeAway(kill.outage, life);
        await acknowledgedOrFull();
      }
      await pause(kill.afterMs, undefined, { signal });
  }
  if (!(await life.kill())) throw new Error("The service was gone before it could be killed.");
  if (kill.kind === "random" && kill.outage !== undefined) await graph.giveBack(life);
}

async function drain(leftShare: number, life: Life, graph: GraphUnderTest): Promise<void> {
  // Live calls go before the backlog: at full load it would only grow.
  life.tell({ kind: "window", submits: LIVE_WHILE_DRAINING });
  let highest = life.status.waiting;
  await graph.giveBack(life);
  await life.until("the backlog to have come down", ({ waiting, runs }) => {
    highest = Math.max(highest, waiting);
    return runs && waiting <= highest * leftShare;
  });
}
