import type { ClaimRequest } from "../../queue/journal.ts";
import { GroupCounter, NO_BATCHES } from "../../queue/run-groups.ts";
import { operationState } from "../operation-state.ts";
import type { ClaimReply } from "../protocol.ts";
import type { ClaimableRow } from "../statements/claim-columns.ts";
import { holdOperations } from "../statements/hold-operations.ts";
import { selectPreferred } from "../statements/select-preferred.ts";
import { selectReady } from "../statements/select-ready.ts";
import { startOperations } from "../statements/start-operations.ts";
import { startFollowers } from "../statements/start-followers.ts";
import { INTERRUPTED } from "./reasons.ts";
import { settleLanes, type Context } from "./context.ts";
import { addClaimed, factsOfClaimable, type RowFacts } from "./rows.ts";
import { setAside } from "./set-aside.ts";

/** Rounds of looking at the ready index in one claim: what is held or expired on the way makes room for more. */
const MAXIMUM_ROUNDS = 8;

/** A run is not cut shorter than this for the sake of other lanes: each costs a look and a token. */
const SMALLEST_SHARE = 8;

/** A look reads at most this many times the rows that the looks before it have found a place for. */
const LOOKS_FURTHER_BY = 8;

/** Takes what is ready in one pool, in runs, within the request's budgets of groups, rows and bytes. */
export function claim(context: Context, request: ClaimRequest): ClaimReply {
  return new Claim(context, request).take();
}

class Claim {
  readonly #context: Context;
  readonly #request: ClaimRequest;
  readonly #reply: ClaimReply = { runs: [], rows: [], waiting: [], expired: [], closing: [] };
  readonly #groups: GroupCounter;
  #rowsLeft: number;
  #bytesLeft: number;
  /**
   * Rows for each head in sight. A lane's rows stand far apart in the table, and those of neighbouring lanes side by
   * side: a few rows of many lanes dirty a seventh of the pages that many rows of a few lanes would.
   */
  #share = SMALLEST_SHARE;
  /** Heads, and what runs behind them, written together. */
  #starting: number[] = [];
  #following: number[] = [];
  #holding: number[] = [];
  /** Ready rows that are left alone: their lane's last run has not been finished yet. */
  readonly #passed = new Set<number>();

  constructor(context: Context, request: ClaimRequest) {
    this.#context = context;
    this.#request = request;
    this.#groups = new GroupCounter(request.batching ?? NO_BATCHES, context.interruptionsBeforeAlone);
    this.#rowsLeft = request.rows;
    this.#bytesLeft = request.bytes;
  }

  /** In the order in which permits are due: the higher priority first; within one, live calls before the others. */
  take(): ClaimReply {
    const { lowestPriority, preferred } = this.#request;
    let goesOn = true;
    for (const [priority, sequences] of preferred.entries()) {
      const mayRun = sequences.length > 0 && priority <= lowestPriority;
      if (mayRun) goesOn = goesOn && this.#takeReady(priority - 1);
      if (mayRun && goesOn) this.#takePreferred(sequences);
      else this.#reply.waiting.push(...sequences);
    }
    if (goesOn) this.#takeReady(lowestPriority);
    return this.#reply;
  }

  /** Live calls of one priority, as far as there is room. */
  #takePreferred(sequences: readonly number[]): void {
    const { pool, lowestPriority } = this.#request;
    this.#divideAmong(sequences.length);
    const read = this.#context.connection.allSized<ClaimableRow>(selectPreferred, sequences);
    const rows = new Map(read.map((row) => [row[0], row]));
    let fits = true;
    for (const sequence of sequences) {
      const row = rows.get(sequence);
      if (row === undefined || row[2] !== pool || row[3] > lowestPriority) continue;
      rows.delete(sequence);
      fits = fits && this.#consider(row);
      if (!fits || this.#passed.has(sequence)) this.#reply.waiting.push(sequence);
    }
    this.#write();
  }

  /** What is ready and at least so urgent. False when there is more of it than there is room for. */
  #takeReady(lowestPriority: number): boolean {
    if (lowestPriority < 0) return true;
    for (let round = 0; round < MAXIMUM_ROUNDS && this.#hasRoom(); round += 1) {
      const limit = Math.min(this.#rowsInSight(), this.#rowsLeft, this.#rowsInBytes()) + this.#passed.size;
      const rows = this.#context.connection.all<ClaimableRow>(selectReady, [this.#request.pool, lowestPriority, limit]);
      this.#divideAmong(rows.length - this.#passed.size);
      const asideBefore = this.#reply.expired.length + this.#reply.closing.length;
      const enough = rows.every((row) => this.#passed.has(row[0]) || this.#consider(row));
      this.#write();
      const promoted = this.#reply.expired.length + this.#reply.closing.length > asideBefore;
      if (!enough) return false;
      if (rows.length < limit && !promoted) return true;
    }
    return false;
  }

  #hasRoom(): boolean {
    return this.#rowsInSight() > 0 && this.#rowsLeft > 0 && this.#bytesLeft > 0;
  }

  /**
   * Most rows for which there are permits. Hundreds may share one, or none: a look goes further with what those before
   * it have found, so that no inputs are read only to be put back.
   */
  #rowsInSight(): number {
    const { groups, room } = this.#groups;
    const taken = this.#request.rows - this.#rowsLeft;
    return this.#request.runs - groups + Math.min(room, taken * LOOKS_FURTHER_BY);
  }

  /**
   * Whether one more run with this head is within the permits: in a batch that was begun, or in a group of its own. A
   * second batch is not begun with what few rows are left of the budget: it would take a permit and be nearly empty.
   */
  #hasPermit(head: RowFacts): boolean {
    const { groups, batches } = this.#groups;
    const { runs, batching = NO_BATCHES } = this.#request;
    if (this.#groups.roomFor(head) > 0) return true;
    if (groups >= runs) return false;
    const capacity = this.#groups.capacityFor(head);
    return capacity === 1 || (batches < batching.batches && (batches === 0 || capacity <= this.#rowsLeft));
  }

  #divideAmong(heads: number): void {
    const runs = Math.max(1, Math.min(heads, this.#rowsInSight()));
    this.#share = Math.max(SMALLEST_SHARE, Math.ceil(this.#rowsLeft / runs));
  }

  /** How many rows of the usual size fit into the bytes that are left: large inputs are not read to be put back. */
  #rowsInBytes(): number {
    const { bytes, total } = this.#context.counter;
    return Math.max(1, Math.ceil(this.#bytesLeft / Math.max(1, bytes / Math.max(1, total))));
  }

  /** One ready head. False when the budget is used up. */
  #consider(row: ClaimableRow): boolean {
    if (!this.#hasRoom()) return false;
    const { runs, definitions, schedule, counter, maximumInterruptions } = this.#context;
    const head = factsOfClaimable(row);
    if (head.lane !== null && runs.ofLane(head.lane) !== undefined) {
      this.#passed.add(head.sequence);
    } else if (!definitions.isRunnable(head.definition)) {
      counter.move(head.pool, operationState.ready, operationState.held);
      this.#holding.push(head.sequence);
    } else if (head.expiresAt <= schedule.now) {
      setAside(this.#context, head, "expired", null, this.#reply);
    } else if (head.interruptions >= maximumInterruptions) {
      setAside(this.#context, head, "interrupted", INTERRUPTED, this.#reply);
    } else {
      if (head.bytes > this.#bytesLeft && this.#reply.rows.length > 0) return false;
      if (!this.#hasPermit(head)) return false;
      this.#start(row, head);
    }
    return true;
  }

  #start(row: ClaimableRow, head: RowFacts): void {
    const { runs, schedule } = this.#context;
    this.#take(head);
    const taken = [head];
    const inputs = [row[14]];
    let more = false;
    if (head.lane !== null) more = this.#follow(head, head.lane, taken, inputs);
    this.#groups.add(head, taken.length);
    const run = runs.begin(head.lane, taken, head.priority, more, schedule.now);
    this.#reply.runs.push(run.token, run.lane, taken.length);
    for (const [index, facts] of taken.entries()) this.#report(facts, inputs[index] as string);
    this.#starting.push(head.sequence);
    for (let follower = 1; follower < taken.length; follower += 1)
      this.#following.push((taken[follower] as RowFacts).sequence);
  }

  /** Adds what may run behind the head; answers whether anything is left behind it in the lane. */
  #follow(head: RowFacts, lane: number, taken: RowFacts[], inputs: string[]): boolean {
    const { laneRows, interruptionsBeforeAlone, schedule } = this.#context;
    if (head.interruptions >= interruptionsBeforeAlone) return true;
    const capacity = this.#groups.capacityFor(head);
    const inRun = capacity > 1 ? this.#groups.roomFor(head) || capacity : this.#request.runRows;
    const mostRows = Math.min(inRun, this.#request.runRows, this.#share);
    const limit = Math.min(mostRows - 1, this.#rowsLeft, this.#rowsInBytes());
    if (limit <= 0 || this.#bytesLeft <= 0) return true;
    const rows = laneRows.behind(lane, head.sequence, limit);
    for (const row of rows) {
      const next = factsOfClaimable(row);
      const goesOn =
        next.state === operationState.blocked &&
        next.pool === head.pool &&
        next.definition === head.definition &&
        next.expiresAt > schedule.now &&
        next.interruptions < interruptionsBeforeAlone &&
        next.bytes <= this.#bytesLeft;
      if (!goesOn) return true;
      this.#take(next);
      taken.push(next);
      inputs.push(row[14]);
    }
    return rows.length === limit;
  }

  #take(row: RowFacts): void {
    this.#rowsLeft -= 1;
    this.#bytesLeft -= row.bytes;
  }

  #report(row: RowFacts, input: string): void {
    addClaimed(this.#reply.rows, row, input);
  }

  /** The next look at the ready index must see what this one has decided. */
  #write(): void {
    const { connection, counter } = this.#context;
    const { pool } = this.#request;
    if (connection.runSized(startOperations, this.#starting) !== this.#starting.length)
      throw new Error("a claimed row was no longer ready");
    if (connection.runSized(startFollowers, this.#following) !== this.#following.length)
      throw new Error("a row behind a claimed one was no longer blocked");
    for (let row = 0; row < this.#starting.length; row += 1)
      counter.move(pool, operationState.ready, operationState.running);
    for (let row = 0; row < this.#following.length; row += 1)
      counter.move(pool, operationState.blocked, operationState.running);
    connection.runSized(holdOperations, this.#holding);
    this.#starting = [];
    this.#following = [];
    this.#holding = [];
    settleLanes(this.#context);
  }
}
