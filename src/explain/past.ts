import type { Kysely } from "kysely";
import { MODES } from "../../machines/contracts/modes.ts";
import type { Database } from "../storage/database.ts";
import type { StoredTransition } from "../storage/reads/list-transitions.ts";
import { lastTransition } from "../storage/reads/read-history.ts";
import { causeChain, storedCause } from "./cause-chain.ts";
import type { ExplainedCause } from "./explanation.ts";
import { happened, outerState, stateOfBreaker, timeOfDay } from "./wording.ts";

/** What the machines were at a time, and why: read from their transitions. */
export class Past {
  readonly #database: Kysely<Database>;
  readonly #machines: () => readonly string[];

  /** @param machines the ids of all supervised machines */
  constructor(database: Kysely<Database>, machines: () => readonly string[]) {
    this.#database = database;
    this.#machines = machines;
  }

  /** What kept operations away from a dependency: its breaker then, and when it had last been closed. */
  async dependencyAt(
    dependency: string,
    at: number,
  ): Promise<{ readonly what: string; readonly causes: ExplainedCause[] }> {
    const breaker = `breaker:${dependency}`;
    let last = await this.#last(breaker, at);
    // It was not closed, the row says; two clocks of one process may differ by a rounded millisecond.
    if (last?.to === "closed") last = await this.#last(breaker, at + ROUNDING_MS);
    if (last === undefined)
      return { what: `${dependency} had not been found well since it was first known`, causes: [] };
    const isClosed = last.to === "closed";
    const left = isClosed ? undefined : await this.#last(breaker, at + ROUNDING_MS, "closed");
    const queue = await this.#last(`local_queue:${dependency}`, at + ROUNDING_MS);
    const since =
      queue === undefined || !isInForce(queue) ? "" : ` (local_queue in force since ${timeOfDay(queue.at)})`;
    const opened = left ?? last;
    return {
      what: `${dependency} was ${stateOfBreaker(last.to)}${since}`,
      causes: [...(last.id === opened.id ? [] : [transitionCause(last)]), ...explainTransitionCauses(opened)],
    };
  }

  /** When the dependency's breaker had last closed, where it was closed then. */
  async closing(dependency: string, at: number): Promise<ExplainedCause[]> {
    const last = await this.#last(`breaker:${dependency}`, at);
    return last?.to === "closed" ? explainTransitionCauses(last) : [];
  }

  /** When the dependency was lost within a span of time. */
  async losses(dependency: string, from: number, to: number): Promise<ExplainedCause[]> {
    const left = await this.#last(`breaker:${dependency}`, to + ROUNDING_MS, "closed");
    return left === undefined || left.at < from ? [] : explainTransitionCauses(left);
  }

  /** The modes and the pin in force at a time, gravest first. */
  async modesAt(at: number): Promise<readonly StoredTransition[]> {
    const machines = this.#machines().filter((id) => severity(id) >= 0);
    const found = await Promise.all(machines.map((id) => this.#last(id, at)));
    return found
      .filter((last) => last !== undefined)
      .filter((last) => last.machine !== "normal" && isInForce(last))
      .toSorted((a, b) => severity(b.machine) - severity(a.machine));
  }

  #last(machine: string, at: number, from?: string): Promise<StoredTransition | undefined> {
    return lastTransition(this.#database, machine, { at, id: Number.MAX_SAFE_INTEGER }, from);
  }
}

const ROUNDING_MS = 5;

const RESTING: ReadonlySet<string> = new Set(["dormant", "yielded", "free", "fallen"]);

/** Whether a machine of a mode, or the pin, asks for anything after this transition. */
export const isInForce = ({ to }: Pick<StoredTransition, "to">): boolean => !RESTING.has(outerState(to));

/** `local_queue` for `local_queue:graph`. */
export const modeOf = (machine: string): string => machine.split(":")[0] ?? machine;

/** The pin outdoes every mode; -1 for what is neither. */
const severity = (machine: string): number =>
  machine === "pin" ? MODES.length : MODES.findIndex((mode) => mode === modeOf(machine));

const transitionCause = ({ id, at, machine, to, cause }: StoredTransition): ExplainedCause => {
  const { actor, what, values } = storedCause(cause);
  return {
    at,
    happened: happened(machine, to),
    actor,
    what,
    transition: id,
    ...(values === undefined ? {} : { values }),
  };
};

/** The transition, and what led to it. */
export const explainTransitionCauses = (transition: StoredTransition): ExplainedCause[] => [
  transitionCause(transition),
  ...causeChain(storedCause(transition.cause)).slice(1),
];
