import type { ReceiptKey } from "../../dependencies/dependency.ts";
import type { Effect } from "../../errors.ts";
import type { GraphCommands, GraphWrite, MatchNodes, MatchRelationships } from "../commands.ts";
import type { NodeSchema, Properties, RelationshipFound, RelationshipSchema } from "../graph-store.ts";
import { PortableTransaction } from "../portable-transaction.ts";
import type { FoundReceipt, FreshReceipt } from "../run-once-batch.ts";
import type { GraphSchema } from "../schema.ts";
import { TransactionScope } from "../transaction-scope.ts";
import type { WorkerClient } from "./worker-client.ts";

export interface CollectedWritesOptions {
  readonly schema: GraphSchema;
  readonly worker: () => WorkerClient;
  /** Looked for with each read, where one is given: a replay reads nothing. */
  readonly receipt: ReceiptKey | null;
  readonly onFound: (found: FoundReceipt) => Error;
}

/**
 * A transaction of the embedded graph under way: writes are kept as text until the commit, so that no lock is held
 * while a handler waits for something else; reads are answered at once.
 */
export class CollectedWrites<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  implements GraphCommands
{
  readonly scope = new TransactionScope();
  readonly handle: PortableTransaction<Nodes, Relationships>;
  effect: Effect = "none";
  readonly #options: CollectedWritesOptions;
  #writes: string[] = [];

  constructor(options: CollectedWritesOptions) {
    this.#options = options;
    this.handle = new PortableTransaction(options.schema, this.scope, this);
  }

  get isEmpty(): boolean {
    return this.#writes.length === 0;
  }

  /** Text, not the rows: what a handler does to its objects later changes nothing. */
  async write(write: GraphWrite): Promise<void> {
    this.#writes.push(JSON.stringify(write));
  }

  async matchNodes(match: MatchNodes): Promise<readonly Properties[]> {
    const { worker, receipt } = this.#options;
    const answer = await this.ask(() => worker().request("matchNodes", { match, receipt }));
    if ("found" in answer) throw this.#stop(answer.found);
    return answer.rows.map((properties) => JSON.parse(properties) as Properties);
  }

  async matchRelationships(match: MatchRelationships): Promise<readonly RelationshipFound[]> {
    const { worker, receipt } = this.#options;
    const answer = await this.ask(() => worker().request("matchRelationships", { match, receipt }));
    if ("found" in answer) throw this.#stop(answer.found);
    return answer.rows.map(({ from, to, properties }) => ({
      from,
      to,
      properties: JSON.parse(properties) as Properties,
    }));
  }

  /** What of its receipts was there already: then nothing was applied. */
  async commit(receipts: readonly FreshReceipt[]): Promise<FoundReceipt | undefined> {
    this.effect = "unknown";
    const { found } = await this.#options.worker().commit({ kind: "transaction", receipts, writes: this.#writes });
    return found;
  }

  abort(): void {
    this.#writes = [];
  }

  /** A failure of the worker is the transaction's. */
  async ask<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    try {
      return await request();
    } catch (error) {
      this.scope.fail(error);
      throw error;
    }
  }

  /** The receipt is there: whatever the handler does from here on, this transaction applies nothing. */
  #stop(found: FoundReceipt): Error {
    const error = this.#options.onFound(found);
    this.scope.fail(error);
    return error;
  }
}
