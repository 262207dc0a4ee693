import type { Transaction } from "neo4j-driver";
import type { ReceiptKey } from "../../dependencies/dependency.ts";
import type { Effect } from "../../errors.ts";
import type { NodeSchema, RelationshipSchema } from "../graph-store.ts";
import type { BatchTransaction, FoundReceipt, FreshReceipt } from "../run-once-batch.ts";
import type { TransactionScope } from "../transaction-scope.ts";
import { receiptsChanged } from "../receipts.ts";
import { codeOf } from "./classify-error.ts";
import { receiptVanished } from "./neo4j-once.ts";
import type { Neo4jTransaction } from "./neo4j-transaction.ts";
import { type Neo4jSettings, OpenTransaction } from "./open-transaction.ts";
import { receiptId } from "./receipt-statements.ts";
import { toNeo4j } from "./to-neo4j.ts";

/**
 * A batch's transaction on Neo4j. Where nothing of its items was ever begun, it takes their receipts for new:
 * their creation, BEGIN and the work's first statement leave together, and nothing behind it runs when one is there
 * already (`receiptsChanged`). Otherwise, and in the transaction after that, it looks first: one statement writes the receipts that are not there yet
 * and names them. The look and the writing are one under the unique key's lock, so that two batches with one operation in
 * both cannot apply it twice, and neither fails.
 */
export class Neo4jBatch<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  implements BatchTransaction<Neo4jTransaction<Nodes, Relationships>>
{
  /** A receipt that was taken for new is not; nothing was applied. */
  receiptsChanged = false;
  readonly #settings: Neo4jSettings;
  readonly #looksFirst: boolean;
  readonly #transaction: OpenTransaction<Nodes, Relationships>;
  #ids: readonly string[] = [];

  constructor(settings: Neo4jSettings, timeoutMs: number, looksFirst: boolean) {
    this.#settings = settings;
    this.#looksFirst = looksFirst;
    this.#transaction = new OpenTransaction(
      settings,
      timeoutMs,
      looksFirst ? undefined : (transaction) => this.#createAll(transaction),
    );
  }

  get scope(): TransactionScope {
    return this.#transaction.scope;
  }

  get handle(): Neo4jTransaction<Nodes, Relationships> {
    return this.#transaction.handle;
  }

  get effect(): Effect {
    return this.#transaction.effect;
  }

  async begin(receipts: readonly ReceiptKey[]): Promise<readonly (FoundReceipt | undefined)[]> {
    const { statements, now } = this.#settings;
    const ids = receipts.map(receiptId);
    this.#ids = ids;
    if (!this.#looksFirst) return ids.map(() => undefined);
    // Sorted: two batches that share receipts lock them in one order.
    const { fresh } = await this.#one(statements.createMany, { ids: ids.toSorted(), at: now() });
    const isFresh = new Set(fresh as readonly string[]);
    if (isFresh.size === ids.length) return ids.map(() => undefined);
    const { found } = await this.#one(statements.readMany, { ids: ids.filter((id) => !isFresh.has(id)) });
    const known = new Map(
      (found as readonly { readonly id: string; readonly kind: string; readonly result: unknown }[]).map(
        ({ id, kind, result }): [string, FoundReceipt] => [
          id,
          kind === "fence" ? { kind } : { kind: "effect", result: typeof result === "string" ? result : undefined },
        ],
      ),
    );
    if (known.size + isFresh.size !== ids.length)
      throw this.#transaction.failWith(receiptVanished(this.#settings.name));
    return ids.map((id) => known.get(id));
  }

  async commit(fresh: readonly FreshReceipt[]): Promise<void> {
    const kept = fresh.flatMap(({ receipt, result }) =>
      result === undefined ? [] : [{ id: receiptId(receipt), result }],
    );
    const { keepResults: cypher } = this.#settings.statements;
    if (kept.length > 0) await this.#transaction.send({ cypher, parameters: { kept } });
    await this.#transaction.firstAnswer();
    await this.#transaction.commit();
  }

  abort(): void {
    this.#transaction.abort();
  }

  async #createAll(transaction: Transaction): Promise<void> {
    const { statements, link, name, now } = this.#settings;
    try {
      const parameters = { ids: this.#ids.toSorted(), at: now() };
      await transaction.run(statements.createAll, toNeo4j(parameters) as Record<string, unknown>);
    } catch (error) {
      this.receiptsChanged = codeOf(error) === "Neo.ClientError.Schema.ConstraintValidationFailed";
      throw this.#transaction.failWith(this.receiptsChanged ? receiptsChanged(name) : link.toError(error));
    }
  }

  /** The one row of a statement's answer. */
  async #one(
    cypher: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { rows } = await this.#transaction.send({
      cypher,
      parameters: toNeo4j(parameters) as Readonly<Record<string, unknown>>,
    });
    return rows[0] ?? {};
  }
}
