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
import type { GraphStore, NodeSchema, RelationshipSchema } from "../graph-store.ts";
import { runOnce } from "../run-once.ts";
import { runOnceBatch } from "../run-once-batch.ts";
import type { GraphSchema } from "../schema.ts";
import { classifyError, isDriverError } from "./classify-error.ts";
import { type LinkSettings, Neo4jLink, type Row } from "./neo4j-link.ts";
import { Neo4jBatch } from "./neo4j-batch.ts";
import { Neo4jOnce } from "./neo4j-once.ts";
import { type Neo4jTransaction, PerCallNeo4jTransaction } from "./neo4j-transaction.ts";
import type { Neo4jSettings } from "./open-transaction.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { receiptId, type ReceiptStatements, receiptStatements } from "./receipt-statements.ts";

export interface ConnectionSettings extends LinkSettings {
  readonly schema: GraphSchema;
  readonly receiptLabel: string;
}

/** Neo4j within one runtime. Touches the network with the first probe or call, never before. */
export class Neo4jConnection<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  implements GraphStore<Neo4jTransaction<Nodes, Relationships>>, ReceiptStore<Neo4jTransaction<Nodes, Relationships>>
{
  readonly #settings: ConnectionSettings;
  readonly #context: DependencyContext;
  readonly #statements: ReceiptStatements;
  #link: Neo4jLink;
  /** The link whose database is known to have its constraints. */
  #preparedLink: Neo4jLink | undefined;

  constructor(settings: ConnectionSettings, context: DependencyContext) {
    this.#settings = settings;
    this.#context = context;
    this.#statements = receiptStatements(settings.receiptLabel);
    this.#link = new Neo4jLink(settings, context.clock);
  }

  get receipts(): ReceiptStore<Neo4jTransaction<Nodes, Relationships>> {
    return this;
  }

  async probe(timeoutMs: number): Promise<void> {
    // Credentials that were refused are read anew: a person may have corrected them where `password` looks.
    if (this.#link.isRefused) await this.reconnect();
    const link = this.#link;
    const deadline = this.#context.clock.monotonicMs() + timeoutMs;
    const run = (cypher: string): Promise<readonly Row[]> =>
      link.runAlone("a probe", cypher, {}, Math.max(1, deadline - this.#context.clock.monotonicMs()));
    if (this.#preparedLink !== link) {
      const { name, schema, receiptLabel } = this.#settings;
      await prepareDatabase(name, schema, receiptLabel, run, this.#context.logger);
      this.#preparedLink = link;
    }
    await run("RETURN 1 AS alive");
  }

  async reconnect(): Promise<void> {
    const old = this.#link;
    this.#link = new Neo4jLink(this.#settings, this.#context.clock);
    await old.close();
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  classify(error: unknown): DependencyError | undefined {
    if (error instanceof DependencyError) return error.dependency === this.#settings.name ? error : undefined;
    return isDriverError(error) ? classifyError(this.#settings.name, error, "committing") : undefined;
  }

  handle(attempt: Attempt): Neo4jTransaction<Nodes, Relationships> {
    return new PerCallNeo4jTransaction<Nodes, Relationships>(async (call) => {
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
    work: (transaction: Neo4jTransaction<Nodes, Relationships>) => Promise<string | undefined>,
  ): Promise<OnceResult> {
    const transaction = new Neo4jOnce<Nodes, Relationships>(this.#transactionSettings(), request);
    return runOnce(this.#settings.name, request.attempt, transaction, work);
  }

  onceBatch(
    request: OnceBatchRequest,
    work: (
      transaction: Neo4jTransaction<Nodes, Relationships>,
      fresh: readonly number[],
    ) => Promise<readonly (string | undefined)[]>,
  ): Promise<OnceBatchResult> {
    const { name } = this.#settings;
    let looksFirst = request.items.some(({ neverBegun }) => neverBegun !== true);
    const begin = (): Neo4jBatch<Nodes, Relationships> => {
      const transaction = new Neo4jBatch<Nodes, Relationships>(
        this.#transactionSettings(),
        request.attempt.timeoutMs,
        looksFirst,
      );
      looksFirst = true;
      return transaction;
    };
    return runOnceBatch(name, request, begin, work);
  }

  #transactionSettings(): Neo4jSettings {
    const { name, schema } = this.#settings;
    return {
      name,
      schema,
      link: this.#link,
      statements: this.#statements,
      now: () => this.#context.clock.now(),
    };
  }

  async fence(receipt: ReceiptKey, timeoutMs: number): Promise<FenceResult> {
    const parameters = { id: receiptId(receipt), at: this.#context.clock.now() };
    const [found] = await this.#link.runAlone("a fence", this.#statements.fence, parameters, timeoutMs);
    if (found?.kind === "fence") return { state: "fenced" };
    return { state: "applied", result: typeof found?.result === "string" ? found.result : undefined };
  }

  async find(receipts: readonly ReceiptKey[], timeoutMs: number): Promise<readonly boolean[]> {
    const ids = receipts.map(receiptId);
    const found = await this.#link.runAlone("a look for receipts", this.#statements.find, { ids }, timeoutMs);
    const known = new Set(found.map(({ id }) => id));
    return ids.map((id) => known.has(id));
  }

  async purge(receipts: readonly ReceiptKey[], timeoutMs: number): Promise<void> {
    await this.#link.runAlone(
      "a purge of receipts",
      this.#statements.purge,
      { ids: receipts.map(receiptId) },
      timeoutMs,
    );
  }
}
