import type { Kysely } from "kysely";
import type { Cause } from "../../machines/contracts/cause.ts";
import type { Mode } from "../../machines/contracts/modes.ts";
import { storedCause } from "../explain/cause-chain.ts";
import { modeOf } from "../explain/past.ts";
import type { Database } from "../storage/database.ts";
import type { StoredTransition } from "../storage/reads/list-transitions.ts";
import { readHistory } from "../storage/reads/read-history.ts";
import { countTransitions, transitionBounds } from "../storage/reads/transition-bounds.ts";
import { lastOfEach, neighbours } from "../storage/reads/transition-moments.ts";
import { causesInWords } from "./explained-transition.ts";
import { cursorOf, placeOf } from "./history-cursor.ts";
import { decidesModes, enter, gravest, type ModesInForce } from "./modes-in-force.ts";

/** One stored transition, explained. */
export interface PastTransition {
  /** `transition:12`: what `runtime.explain` takes. */
  readonly eventId: string;
  /** Its place: pass it as `after` to go on from it in either direction, or as the `place` of a moment. */
  readonly place: string;
  readonly at: number;
  /** Whose: `breaker:graph`. */
  readonly machine: string;
  readonly from: string;
  readonly to: string;
  readonly event: string;
  /** As in the machine's definition; absent where a crash or a birth moved it. */
  readonly edge?: string;
  readonly cause: Cause;
  readonly explanation: string;
}

export interface TransitionQuestion {
  /** Wall times, both inclusive. */
  readonly from?: number;
  readonly to?: number;
  /** Of one actor: `breaker:graph`. */
  readonly machine?: string;
  /** Default `newest`. */
  readonly order?: "newest" | "oldest";
  /** `next` of the page before, or the `place` of a transition. */
  readonly after?: string;
  /** 100 by default, 1,000 at most. */
  readonly limit?: number;
}

export interface TransitionPage {
  readonly rows: readonly PastTransition[];
  readonly next?: string;
}

/** One actor as it was at a moment. */
export interface PastActor {
  readonly id: string;
  readonly machine: string;
  /** The ids of its active states, outermost first; empty while it had fallen. */
  readonly state: readonly string[];
  readonly fallen: boolean;
  /** Absent where its first stored transition came later, or never: then `state` is what that one left. */
  readonly since?: number;
  /** The transition that had led to it. */
  readonly eventId?: string;
  readonly cause?: Cause;
}

/** The whole control plane as it was at a moment, as far as its transitions tell. */
export interface PastMoment {
  readonly at: number;
  readonly currentMode: Mode;
  readonly modes: readonly { readonly mode: Mode; readonly machine: string }[];
  readonly actors: readonly PastActor[];
  /** The last transition at or before the moment, and what changed next. */
  readonly previous?: PastTransition;
  readonly next?: PastTransition;
}

export interface TransitionBounds {
  readonly first: number;
  readonly last: number;
  /** Transitions in equal spans. A count of `countedTo` means: that many or more. */
  readonly buckets: readonly { readonly from: number; readonly count: number }[];
  readonly countedTo: number;
}

const LARGEST_PAGE_ROWS = 1_000;
const MOST_BUCKETS = 200;
const COUNT_TO = 1_000;

/** What was, read from the stored transitions by index: it costs the same after a day and after a year. */
export class TimeTravel {
  readonly #database: Kysely<Database>;
  readonly #present: () => readonly { readonly id: string; readonly state: readonly string[] }[];

  /** @param present who lives now: an actor that has never moved is where it is */
  constructor(
    database: Kysely<Database>,
    present: () => readonly { readonly id: string; readonly state: readonly string[] }[],
  ) {
    this.#database = database;
    this.#present = present;
  }

  /** @throws InvalidValueError `invalid_cursor` */
  async transitions(question: TransitionQuestion = {}): Promise<TransitionPage> {
    const { order = "newest", after, limit = 100, ...bounds } = question;
    const page = await readHistory(this.#database, {
      ...bounds,
      ...(after === undefined ? {} : { after: placeOf(after) }),
      order,
      limit: Math.max(1, Math.min(Math.floor(limit), LARGEST_PAGE_ROWS)),
    });
    return { rows: page.rows.map(pastTransition), ...(page.next === undefined ? {} : { next: cursorOf(page.next) }) };
  }

  /**
   * @param moment a wall time, or with `place` right after one transition: several may share a millisecond
   * @throws InvalidValueError `invalid_cursor`
   */
  async at(moment: { readonly at: number } | { readonly place: string }): Promise<PastMoment> {
    const place = "place" in moment ? placeOf(moment.place) : { at: moment.at, id: Number.MAX_SAFE_INTEGER };
    const [last, { previous, next }] = await Promise.all([
      lastOfEach(this.#database, place),
      neighbours(this.#database, place),
    ]);
    const had = (row: StoredTransition) => row.at < place.at || (row.at === place.at && row.id <= place.id);
    const actors = new Map<string, PastActor>(this.#present().map(({ id, state }) => [id, unmoved(id, state)]));
    for (const row of last)
      actors.set(row.machine, had(row) ? pastActor(row) : unmoved(row.machine, activeIn(row.from)));
    const inForce: ModesInForce = new Map();
    for (const row of last) if (had(row) && decidesModes(row.machine)) enter(inForce, row);
    return {
      at: place.at,
      currentMode: gravest(inForce),
      modes: [...inForce].map(([machine, mode]) => ({ mode, machine })),
      actors: [...actors.values()],
      ...(previous === undefined ? {} : { previous: pastTransition(previous) }),
      ...(next === undefined ? {} : { next: pastTransition(next) }),
    };
  }

  /** From the first to the last stored transition, or in between; null where there is none. */
  async bounds(
    span: { readonly from?: number; readonly to?: number; readonly buckets?: number } = {},
  ): Promise<TransitionBounds | null> {
    const bounds = await transitionBounds(this.#database);
    if (bounds === null) return null;
    const from = span.from ?? bounds.first;
    const to = Math.max(from, span.to ?? bounds.last);
    const buckets = Math.max(1, Math.min(Math.floor(span.buckets ?? 100), MOST_BUCKETS, to - from + 1));
    const counted = await countTransitions(this.#database, { from, to, buckets, countTo: COUNT_TO });
    return { ...bounds, buckets: counted, countedTo: COUNT_TO };
  }
}

const pastTransition = (row: StoredTransition): PastTransition => {
  const { id, at, machine, from, to, event, edge } = row;
  return {
    eventId: `transition:${id}`,
    place: cursorOf(row),
    at,
    machine,
    from,
    to,
    event,
    ...(edge === undefined ? {} : { edge }),
    ...causesInWords(row),
  };
};

const pastActor = ({ id, at, machine, to, cause }: StoredTransition): PastActor => ({
  id: machine,
  machine: modeOf(machine),
  state: activeIn(to),
  fallen: to === "fallen",
  since: at,
  eventId: `transition:${id}`,
  cause: storedCause(cause),
});

const unmoved = (id: string, state: readonly string[]): PastActor => ({
  id,
  machine: modeOf(id),
  state,
  fallen: false,
});

/** `misconfigured`, `misconfigured.waiting` for `misconfigured.waiting`. */
const activeIn = (state: string): string[] =>
  state === "fallen" ? [] : state.split(".").map((_, index, keys) => keys.slice(0, index + 1).join("."));
