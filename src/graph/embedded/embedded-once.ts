import type { OnceRequest, OnceResult } from "../../dependencies/dependency.ts";
import type { Effect } from "../../errors.ts";
import type { NodeSchema, RelationshipSchema } from "../graph-store.ts";
import type { PortableTransaction } from "../portable-transaction.ts";
import { AppliedBefore, fencedError } from "../receipts.ts";
import type { OnceTransaction } from "../run-once.ts";
import type { FoundReceipt } from "../run-once-batch.ts";
import type { GraphSchema } from "../schema.ts";
import type { TransactionScope } from "../transaction-scope.ts";
import { CollectedWrites } from "./collected-writes.ts";
import type { WorkerClient } from "./worker-client.ts";

/** One operation's transaction of the embedded graph. */
export class EmbeddedOnce<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  implements OnceTransaction<PortableTransaction<Nodes, Relationships>, string | undefined, OnceResult>
{
  appliedBefore: OnceResult | undefined;
  readonly #dependency: string;
  readonly #request: OnceRequest;
  readonly #worker: () => WorkerClient;
  readonly #writes: CollectedWrites<Nodes, Relationships>;

  constructor(dependency: string, schema: GraphSchema, request: OnceRequest, worker: () => WorkerClient) {
    this.#dependency = dependency;
    this.#request = request;
    this.#worker = worker;
    this.#writes = new CollectedWrites({
      schema,
      worker,
      receipt: request.receipt,
      onFound: (found) => {
        if (found.kind === "fence") return fencedError(dependency);
        this.appliedBefore = this.#toResult(found);
        return new AppliedBefore();
      },
    });
  }

  get scope(): TransactionScope {
    return this.#writes.scope;
  }

  get handle(): PortableTransaction<Nodes, Relationships> {
    return this.#writes.handle;
  }

  get effect(): Effect {
    return this.#writes.effect;
  }

  async commit(result: string | undefined): Promise<OnceResult> {
    const { receipt, keepResult } = this.#request;
    if (receipt === null && this.#writes.isEmpty) return { applied: "now", result };
    const receipts = receipt === null ? [] : [{ receipt, result: keepResult ? result : undefined }];
    const found = await this.#writes.commit(receipts);
    return found === undefined ? { applied: "now", result } : this.#toResult(found);
  }

  async findAppliedBefore(): Promise<OnceResult | undefined> {
    const { receipt } = this.#request;
    if (receipt === null) return undefined;
    const [found] = await this.#worker().request("find", { receipts: [receipt] });
    return found?.kind === "effect" ? this.#toResult(found) : undefined;
  }

  abort(): void {
    this.#writes.abort();
  }

  #toResult(found: FoundReceipt): OnceResult {
    if (found.kind === "fence") throw fencedError(this.#dependency);
    return { applied: "before", result: found.result };
  }
}
