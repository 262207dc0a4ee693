import type { Kysely } from "kysely";
import type { Cause } from "../../machines/contracts/cause.ts";
import { type Mode, MODES } from "../../machines/contracts/modes.ts";
import { InvalidValueError } from "../errors.ts";
import { storedCause } from "../explain/cause-chain.ts";
import { modeOf } from "../explain/past.ts";
import type { Database } from "../storage/database.ts";
import type { StoredTransition } from "../storage/reads/list-transitions.ts";
import { lastTransition, readHistory } from "../storage/reads/read-history.ts";
import { cursorOf, placeOf } from "./history-cursor.ts";
import { decidesModes, enter, gravest, isMode } from "./modes-in-force.ts";

/** One change of one mode, or of the pin. */
export interface ModeChange {
  /** `transition:12`: what `runtime.explain` takes. */
  readonly eventId: string;
  /** Wall time. */
  readonly at: number;
  /** The kind of condition, or `manual_override`; the actor, where it was neither: `start`, `drain:graph`. */
  readonly trigger: string;
  readonly mode: Mode | "pin";
  readonly dependency?: string;
  /** The most severe mode in force before and after, the pin's where it is held. */
  readonly from: Mode;
  readonly to: Mode;
  /** What this mode did: its own states. */
  readonly fromStep: string;
  readonly toStep: string;
  readonly cause: Cause;
}

export interface HistoryQuestion {
  /** Wall times, both inclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly mode?: Mode;
  /** Default `newest`. */
  readonly order?: "newest" | "oldest";
  /** `next` of the page before. */
  readonly after?: string;
  /** 100 by default, 1,000 at most. */
  readonly limit?: number;
}

/** As `Page`, with a cursor that says nothing to whoever holds it. */
export interface HistoryPage {
  readonly rows: readonly ModeChange[];
  readonly next?: string;
}

const LARGEST_PAGE_ROWS = 1_000;

/** How the service degraded and came back: derived from the stored transitions of the modes' machines and the pin. */
export class ModeHistory {
  readonly #database: Kysely<Database>;
  readonly #machines: () => readonly string[];

  /** @param machines the ids of all supervised machines */
  constructor(database: Kysely<Database>, machines: () => readonly string[]) {
    this.#database = database;
    this.#machines = machines;
  }

  /** @throws InvalidValueError `invalid_cursor`, `unknown_mode` */
  async page(question: HistoryQuestion = {}): Promise<HistoryPage> {
    const { from, to, mode, order = "newest", after, limit = 100 } = question;
    if (mode !== undefined && !MODES.includes(mode))
      throw new InvalidValueError("unknown_mode", "mode", `there are the modes ${MODES.join(", ")}`);
    const page = await readHistory(this.#database, {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(mode === undefined ? { onlyModes: true } : { mode }),
      ...(after === undefined ? {} : { after: placeOf(after) }),
      order,
      limit: Math.max(1, Math.min(Math.floor(limit), LARGEST_PAGE_ROWS)),
    });
    const rows = order === "newest" ? page.rows.toReversed() : page.rows;
    const changes = mode === undefined ? await this.#together(rows) : await this.#each(rows);
    return {
      rows: order === "newest" ? changes.toReversed() : changes,
      ...(page.next === undefined ? {} : { next: cursorOf(page.next) }),
    };
  }

  /** Rows without gaps between them: one look at what was in force before the first. */
  async #together(rows: readonly StoredTransition[]): Promise<ModeChange[]> {
    const [first] = rows;
    if (first === undefined) return [];
    const inForce = await this.#before(first);
    return rows.map((row) => changeOf(row, inForce));
  }

  /** Rows of one mode: others may have changed between any two. */
  async #each(rows: readonly StoredTransition[]): Promise<ModeChange[]> {
    const changes: ModeChange[] = [];
    for (const row of rows) changes.push(changeOf(row, await this.#before(row)));
    return changes;
  }

  async #before({ at, id }: StoredTransition): Promise<Map<string, Mode>> {
    const machines = this.#machines().filter(decidesModes);
    const last = await Promise.all(
      machines.map((machine) => lastTransition(this.#database, machine, { at, id: id - 1 })),
    );
    const inForce = new Map<string, Mode>();
    for (const transition of last) if (transition !== undefined) enter(inForce, transition);
    return inForce;
  }
}

/** What is in force after this transition: `inForce` is what was before, and is brought up to date. */
function changeOf(row: StoredTransition, inForce: Map<string, Mode>): ModeChange {
  const from = gravest(inForce);
  enter(inForce, row);
  const cause = storedCause(row.cause);
  const mode = modeOf(row.machine);
  const dependency = row.machine.includes(":") ? row.machine.slice(mode.length + 1) : undefined;
  return {
    eventId: `transition:${row.id}`,
    at: row.at,
    trigger: triggerOf(cause),
    mode: isMode(mode) ? mode : "pin",
    ...(dependency === undefined ? {} : { dependency }),
    from,
    to: gravest(inForce),
    fromStep: row.from,
    toStep: row.to,
    cause,
  };
}

/** What set it off, in the words of a status: a person, the breaker, or the trigger nearest in the chain of causes. */
export function triggerOf(cause: Cause): string {
  for (let link: Cause | undefined = cause; link !== undefined; link = link.because) {
    const [kind, name] = link.actor.split(":");
    if (kind === "person" || kind === "pin") return "manual_override";
    if (kind === "trigger" && name !== undefined) return name === "connection_failures" ? "neo4j_unavailable" : name;
    if (kind === "breaker" || kind === "calls") return "circuit_breaker_open";
  }
  return cause.actor;
}
