import type { Transaction } from "neo4j-driver";
import type { OnceRequest, OnceResult, ReceiptKey } from "../../dependencies/dependency.ts";
import { DependencyError, type Effect } from "../../errors.ts";
import type { NodeSchema, RelationshipSchema } from "../graph-store.ts";
import { AppliedBefore, fencedError } from "../receipts.ts";
import type { OnceTransaction } from "../run-once.ts";
import type { TransactionScope } from "../transaction-scope.ts";
import { codeOf } from "./classify-error.ts";
import type { Neo4jTransaction } from "./neo4j-transaction.ts";
import { type Neo4jSettings, OpenTransaction } from "./open-transaction.ts";
import { receiptId } from "./receipt-statements.ts";
import { toNeo4j } from "./to-neo4j.ts";

/**
 * One operation's transaction on Neo4j. The receipt is what is sent first: it costs no round trip of its own, and
 * nothing behind it runs when it fails.
 */
export class Neo4jOnce<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  implements OnceTransaction<Neo4jTransaction<Nodes, Relationships>, string | undefined, OnceResult>
{
  appliedBefore: OnceResult | undefined;
  readonly #settings: Neo4jSettings;
  readonly #request: OnceRequest;
  readonly #transaction: OpenTransaction<Nodes, Relationships>;

  constructor(settings: Neo4jSettings, request: OnceRequest) {
    this.#settings = settings;
    this.#request = request;
    const { receipt, attempt } = request;
    this.#transaction = new OpenTransaction(
      settings,
      attempt.timeoutMs,
      receipt === null ? undefined : (transaction) => this.#writeReceipt(transaction, receipt),
    );
    this.#transaction.needsCommit = receipt !== null;
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

  async commit(result: string | undefined): Promise<OnceResult> {
    const { receipt, keepResult } = this.#request;
    if (!this.#transaction.needsCommit) return { applied: "now", result };
    const { keepResult: cypher } = this.#settings.statements;
    try {
      if (receipt !== null && keepResult && result !== undefined)
        await this.#transaction.send({ cypher, parameters: { id: receiptId(receipt), result } });
      await this.#transaction.firstAnswer();
    } catch (error) {
      if (this.appliedBefore !== undefined) return this.appliedBefore;
      throw error;
    }
    await this.#transaction.commit();
    return { applied: "now", result };
  }

  /** The receipt is the first thing sent, so its answer has been heard already. */
  async findAppliedBefore(): Promise<undefined> {}

  abort(): void {
    this.#transaction.abort();
  }

  async #writeReceipt(transaction: Transaction, receipt: ReceiptKey): Promise<void> {
    const { statements, link, now } = this.#settings;
    try {
      const parameters = { id: receiptId(receipt), at: now() };
      await transaction.run(statements.create, toNeo4j(parameters) as Record<string, unknown>);
    } catch (error) {
      if (codeOf(error) !== "Neo.ClientError.Schema.ConstraintValidationFailed")
        throw this.#transaction.failWith(link.toError(error));
      throw this.#transaction.failWith(await this.#meaningOf(receipt));
    }
  }

  /** The receipt's key is taken: by an effect, which makes this attempt a replay, or by a fence. */
  async #meaningOf(receipt: ReceiptKey): Promise<Error> {
    const { attempt } = this.#request;
    const { statements, link, name } = this.#settings;
    try {
      const [found] = await link.runAlone(
        "a look for a receipt",
        statements.read,
        { id: receiptId(receipt) },
        attempt.timeoutMs,
      );
      if (found?.kind === "fence") return fencedError(name);
      if (found !== undefined) {
        this.appliedBefore = { applied: "before", result: typeof found.result === "string" ? found.result : undefined };
        return new AppliedBefore();
      }
      return receiptVanished(name);
    } catch (error) {
      // Nothing of this transaction can take effect; whether an earlier one has is for the next attempt to find.
      return new DependencyError("receipt_unread", "The operation has a receipt, but Neo4j did not say which.", {
        dependency: name,
        kind: "unavailable",
        effect: "unknown",
        cause: error,
      });
    }
  }
}

export const receiptVanished = (dependency: string): DependencyError =>
  new DependencyError(
    "receipt_vanished",
    "The receipt was there and then was not: purged at this very moment. Try again.",
    { dependency, kind: "contention", effect: "none" },
  );
