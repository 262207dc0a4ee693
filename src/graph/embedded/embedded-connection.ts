import type { Attempt } from "../../dependencies/attempt.ts";
import type {
  DependencyContext,
  FenceResult,
  OnceBatchRequest,
  OnceBatchResult,
  OnceRequest,
  OnceResult,
  ReceiptKey,
  ReceiptStore,
} from "../../dependencies/dependency.ts";
import { DependencyError } from "../../errors.ts";
import { answerWithin } from "../answer-within.ts";
import type { GraphStore, GraphTransaction, NodeSchema, RelationshipSchema } from "../graph-store.ts";
import { PerCallTransaction } from "../per-call-transaction.ts";
import { runOnce } from "../run-once.ts";
import { runOnceBatch } from "../run-once-batch.ts";
import { EmbeddedBatch } from "./embedded-batch.ts";
import { EmbeddedOnce } from "./embedded-once.ts";
import type { WorkerSettings } from "./messages.ts";
import { WorkerClient } from "./worker-client.ts";

/** The embedded graph within one runtime: its worker thread, made with the first request and anew when it is lost. */
export class EmbeddedConnection<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  implements GraphStore<GraphTransaction<Nodes, Relationships>>, ReceiptStore<GraphTransaction<Nodes, Relationships>>
{
  readonly #name: string;
  readonly #settings: WorkerSettings;
  readonly #context: DependencyContext;
  #worker: WorkerClient | undefined;
  #closed = false;

  constructor(name: string, settings: WorkerSettings, context: DependencyContext) {
    this.#name = name;
    this.#settings = settings;
    this.#context = context;
  }

  get receipts(): ReceiptStore<GraphTransaction<Nodes, Relationships>> {
    return this;
  }

  async probe(timeoutMs: number): Promise<void> {
    await this.#within(timeoutMs, "a probe", async () => this.#current().request("probe", {}));
  }

  async reconnect(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.reconnect();
  }

  classify(error: unknown): DependencyError | undefined {
    return error instanceof DependencyError && error.dependency === this.#name ? error : undefined;
  }

  handle(attempt: Attempt): GraphTransaction<Nodes, Relationships> {
    return new PerCallTransaction<Nodes, Relationships>(async (call) => {
      let value!: Awaited<ReturnType<typeof call>>;
      await this.once({ receipt: null, keepResult: false, attempt }, async (transaction) => {
        value = await call(transaction);
        return undefined;
      });
      return value;
    });
  }

  once(
    request: OnceRequest,
    work: (transaction: GraphTransaction<Nodes, Relationships>) => Promise<string | undefined>,
  ): Promise<OnceResult> {
    const worker = (): WorkerClient => this.#current();
    const transaction = new EmbeddedOnce<Nodes, Relationships>(this.#name, this.#settings.schema, request, worker);
    return runOnce(this.#name, request.attempt, transaction, work);
  }

  onceBatch(
    request: OnceBatchRequest,
    work: (
      transaction: GraphTransaction<Nodes, Relationships>,
      fresh: readonly number[],
    ) => Promise<readonly (string | undefined)[]>,
  ): Promise<OnceBatchResult> {
    const worker = (): WorkerClient => this.#current();
    const begin = (): EmbeddedBatch<Nodes, Relationships> =>
      new EmbeddedBatch<Nodes, Relationships>(this.#name, this.#settings.schema, worker);
    return runOnceBatch(this.#name, request, begin, work);
  }

  async fence(receipt: ReceiptKey, timeoutMs: number): Promise<FenceResult> {
    const { found } = await this.#within(timeoutMs, "a fence", async () =>
      this.#current().commit({ kind: "fence", receipt }),
    );
    return found?.kind === "effect" ? { state: "applied", result: found.result } : { state: "fenced" };
  }

  async find(receipts: readonly ReceiptKey[], timeoutMs: number): Promise<readonly boolean[]> {
    const found = await this.#within(timeoutMs, "a look for receipts", async () =>
      this.#current().request("find", { receipts }),
    );
    return found.map((receipt) => receipt?.kind === "effect");
  }

  async purge(receipts: readonly ReceiptKey[], timeoutMs: number): Promise<void> {
    await this.#within(timeoutMs, "a purge of receipts", async () =>
      this.#current().commit({ kind: "purge", receipts }),
    );
  }

  #within<Value>(timeoutMs: number, what: string, request: () => Promise<Value>): Promise<Value> {
    return answerWithin({ clock: this.#context.clock, dependency: this.#name, what }, timeoutMs, request());
  }

  #current(): WorkerClient {
    if (this.#closed)
      throw new DependencyError("graph_closed", "The graph is closed: its runtime has stopped.", {
        dependency: this.#name,
        kind: "unavailable",
        effect: "none",
      });
    if (this.#worker === undefined || this.#worker.lost) this.#worker = new WorkerClient(this.#name, this.#settings);
    return this.#worker;
  }
}
