import type { ReceiptKey } from "../../dependencies/dependency.ts";
import type { DependencyError, Effect } from "../../errors.ts";
import type { NodeSchema, RelationshipSchema } from "../graph-store.ts";
import type { PortableTransaction } from "../portable-transaction.ts";
import { receiptsChanged } from "../receipts.ts";
import type { BatchTransaction, FoundReceipt, FreshReceipt } from "../run-once-batch.ts";
import type { GraphSchema } from "../schema.ts";
import type { TransactionScope } from "../transaction-scope.ts";
import { CollectedWrites } from "./collected-writes.ts";
import type { WorkerClient } from "./worker-client.ts";

/**
 * A batch's transaction of the embedded graph. Receipts are looked for first and written at the commit; when one has
 * come between, nothing was applied and the batch begins anew (`receiptsChanged`).
 */
export class EmbeddedBatch<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  implements BatchTransaction<PortableTransaction<Nodes, Relationships>>
{
  receiptsChanged = false;
  readonly #dependency: string;
  readonly #worker: () => WorkerClient;
  readonly #writes: CollectedWrites<Nodes, Relationships>;

  constructor(dependency: string, schema: GraphSchema, worker: () => WorkerClient) {
    this.#dependency = dependency;
    this.#worker = worker;
    this.#writes = new CollectedWrites({ schema, worker, receipt: null, onFound: () => this.#changed() });
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

  begin(receipts: readonly ReceiptKey[]): Promise<readonly (FoundReceipt | undefined)[]> {
    return this.#writes.ask(() => this.#worker().request("find", { receipts }));
  }

  async commit(fresh: readonly FreshReceipt[]): Promise<void> {
    if ((await this.#writes.commit(fresh)) !== undefined) throw this.#changed();
  }

  abort(): void {
    this.#writes.abort();
  }

  #changed(): DependencyError {
    this.receiptsChanged = true;
    return receiptsChanged(this.#dependency);
  }
}
