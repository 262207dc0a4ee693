import type { OnceRequest, OnceResult } from "../../dependencies/dependency.ts";
import type { Effect } from "../../errors.ts";
import type { GraphCommands, GraphWrite, MatchNodes, MatchRelationships } from "../commands.ts";
import type { NodeSchema, Properties, RelationshipFound, RelationshipSchema } from "../graph-store.ts";
import { PortableTransaction } from "../portable-transaction.ts";
import { AppliedBefore, fencedError } from "../receipts.ts";
import type { OnceTransaction } from "../run-once.ts";
import type { GraphSchema } from "../schema.ts";
import { TransactionScope } from "../transaction-scope.ts";
import type { FoundReceipt } from "./messages.ts";
import type { WorkerClient } from "./worker-client.ts";

/**
 * One transaction of the embedded graph: writes are kept as text until the commit, so that no lock is held while a
 * handler waits for something else; reads are answered at once.
 */
export class EmbeddedTransaction<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  implements OnceTransaction<PortableTransaction<Nodes, Relationships>>, GraphCommands
{
  readonly scope = new TransactionScope();
  readonly handle: PortableTransaction<Nodes, Relationships>;
  effect: Effect = "none";
  appliedBefore: OnceResult | undefined;
  readonly #dependency: string;
  readonly #request: OnceRequest;
  readonly #worker: () => WorkerClient;
  #writes: string[] = [];

  constructor(dependency: string, schema: GraphSchema, request: OnceRequest, worker: () => WorkerClient) {
    this.#dependency = dependency;
    this.#request = request;
    this.#worker = worker;
    this.handle = new PortableTransaction(schema, this.scope, this);
  }

  /** Text, not the rows: what a handler does to its objects later changes nothing. */
  async write(write: GraphWrite): Promise<void> {
    this.#writes.push(JSON.stringify(write));
  }

  async matchNodes(match: MatchNodes): Promise<readonly Properties[]> {
    const { receipt } = this.#request;
    const answer = await this.#ask(() => this.#worker().request("matchNodes", { match, receipt }));
    if ("found" in answer) throw this.#stop(answer.found);
    return answer.rows.map((properties) => JSON.parse(properties) as Properties);
  }

  async matchRelationships(match: MatchRelationships): Promise<readonly RelationshipFound[]> {
    const { receipt } = this.#request;
    const answer = await this.#ask(() => this.#worker().request("matchRelationships", { match, receipt }));
    if ("found" in answer) throw this.#stop(answer.found);
    return answer.rows.map(({ from, to, properties }) => ({
      from,
      to,
      properties: JSON.parse(properties) as Properties,
    }));
  }

  async commit(result: string | undefined): Promise<OnceResult> {
    const { receipt, keepResult } = this.#request;
    if (receipt === null && this.#writes.length === 0) return { applied: "now", result };
    this.effect = "unknown";
    const { found } = await this.#worker().commit({
      kind: "transaction",
      receipt,
      result: keepResult ? result : undefined,
      writes: this.#writes,
    });
    if (found === undefined) return { applied: "now", result };
    return this.#toResult(found);
  }

  async findAppliedBefore(): Promise<OnceResult | undefined> {
    const { receipt } = this.#request;
    if (receipt === null) return undefined;
    const [found] = await this.#worker().request("find", { receipts: [receipt] });
    return found?.kind === "effect" ? this.#toResult(found) : undefined;
  }

  abort(): void {
    this.#writes = [];
  }

  async #ask<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    try {
      return await request();
    } catch (error) {
      this.scope.fail(error);
      throw error;
    }
  }

  /** The receipt is there: whatever the handler does from here on, this transaction applies nothing. */
  #stop(found: FoundReceipt): Error {
    if (found.kind === "effect") this.appliedBefore = this.#toResult(found);
    const error = found.kind === "effect" ? new AppliedBefore() : fencedError(this.#dependency);
    this.scope.fail(error);
    return error;
  }

  #toResult(found: FoundReceipt): OnceResult {
    if (found.kind === "fence") throw fencedError(this.#dependency);
    return { applied: "before", result: found.result };
  }
}
