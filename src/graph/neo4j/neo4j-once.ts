import type { Session, Transaction } from "neo4j-driver";
import type { OnceRequest, OnceResult } from "../../dependencies/dependency.ts";
import { DependencyError, type Effect, MisuseError } from "../../errors.ts";
import type { GraphCommands, GraphWrite, MatchNodes, MatchRelationships } from "../commands.ts";
import type { NodeKey, NodeSchema, Properties, RelationshipFound, RelationshipSchema } from "../graph-store.ts";
import { AppliedBefore, fencedError } from "../receipts.ts";
import type { OnceTransaction } from "../run-once.ts";
import type { GraphSchema } from "../schema.ts";
import { TransactionScope } from "../transaction-scope.ts";
import { codeOf } from "./classify-error.ts";
import { matchNodesStatement, matchRelationshipsStatement, type Statement, toStatements } from "./cypher.ts";
import { fromNeo4j, propertiesFromNeo4j } from "./from-neo4j.ts";
import { type Neo4jLink, type Row, wholeMs } from "./neo4j-link.ts";
import { Neo4jHandle, type Neo4jTransaction } from "./neo4j-transaction.ts";
import { receiptId, type ReceiptStatements } from "./receipt-statements.ts";
import { toNeo4j } from "./to-neo4j.ts";

interface Opened {
  readonly session: Session;
  readonly transaction: Transaction;
  /** Settles when the receipt's answer is there. */
  readonly receipt: Promise<void>;
}

interface Settings {
  readonly name: string;
  readonly schema: GraphSchema;
  readonly link: Neo4jLink;
  readonly statements: ReceiptStatements;
  readonly now: () => number;
}

/**
 * One transaction on Neo4j. BEGIN, the receipt and the first statement leave together: the receipt costs no round trip
 * of its own, and nothing behind it runs when it fails.
 */
export class Neo4jOnce<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  implements OnceTransaction<Neo4jTransaction<Nodes, Relationships>>, GraphCommands
{
  readonly scope = new TransactionScope();
  readonly handle: Neo4jTransaction<Nodes, Relationships>;
  effect: Effect = "none";
  appliedBefore: OnceResult | undefined;
  readonly #settings: Settings;
  readonly #request: OnceRequest;
  #opened: Opened | undefined;
  #needsCommit: boolean;
  #finished = false;

  constructor(settings: Settings, request: OnceRequest) {
    this.#settings = settings;
    this.#request = request;
    this.#needsCommit = request.receipt !== null;
    this.handle = new Neo4jHandle<Nodes, Relationships>(settings.schema, this.scope, this, (cypher, parameters) =>
      this.#runCypher(cypher, parameters),
    );
  }

  async write(write: GraphWrite): Promise<void> {
    this.#needsCommit = true;
    await Promise.all(toStatements(write).map((statement) => this.#apply(statement, write)));
  }

  async matchNodes(match: MatchNodes): Promise<readonly Properties[]> {
    const { rows } = await this.#send(matchNodesStatement(match));
    return rows.map(({ properties }) => propertiesFromNeo4j(properties));
  }

  async matchRelationships(match: MatchRelationships): Promise<readonly RelationshipFound[]> {
    const { rows } = await this.#send(matchRelationshipsStatement(match));
    return rows.map(({ from, to, properties }) => ({
      from: fromNeo4j(from) as NodeKey,
      to: fromNeo4j(to) as NodeKey,
      properties: propertiesFromNeo4j(properties),
    }));
  }

  async commit(result: string | undefined): Promise<OnceResult> {
    const { receipt, keepResult } = this.#request;
    if (!this.#needsCommit) return { applied: "now", result };
    const { transaction } = this.#open();
    try {
      if (receipt !== null && keepResult && result !== undefined)
        await this.#send({
          cypher: this.#settings.statements.keepResult,
          parameters: { id: receiptId(receipt), result },
        });
      await this.#opened?.receipt;
    } catch (error) {
      if (this.appliedBefore !== undefined) return this.appliedBefore;
      throw error;
    }
    // The attempt may have ended meanwhile; its promise has then been rejected with effect none.
    if (this.scope.ended)
      throw new MisuseError("transaction_closed", "The attempt has ended; nothing of it is committed.");
    this.effect = "unknown";
    try {
      await transaction.commit();
    } catch (error) {
      throw this.#settings.link.toError(error, "committing");
    }
    return { applied: "now", result };
  }

  /** The receipt is the first thing sent, so its answer has been heard already. */
  async findAppliedBefore(): Promise<undefined> {}

  abort(): void {
    if (this.#opened === undefined) return;
    const { session } = this.#opened;
    const { link } = this.#settings;
    if (this.scope.ended) return link.breakOff(session);
    if (this.#finished) return;
    this.#finished = true;
    link.release(session); // rolls back what is open
  }

  async #apply(statement: Statement, write: GraphWrite): Promise<void> {
    const { rows } = await this.#send(statement);
    if (statement.mustApply === undefined || Number(rows[0]?.applied) >= statement.mustApply) return;
    const type = write.kind === "mergeRelationships" ? write.relationship.type : write.kind;
    throw this.#failWith(
      new DependencyError("node_missing", `mergeRelationships("${type}"): a row names a node that does not exist.`, {
        dependency: this.#settings.name,
        kind: "rejected",
        effect: "none",
      }),
    );
  }

  async #runCypher(cypher: string, parameters: Readonly<Record<string, unknown>>): Promise<readonly Row[]> {
    this.#needsCommit = true;
    const { rows, wrote } = await this.#send({
      cypher,
      parameters: toNeo4j(parameters) as Readonly<Record<string, unknown>>,
    });
    if (wrote) this.scope.written = true;
    return rows.map((row) => fromNeo4j(row) as Row);
  }

  async #send({ cypher, parameters }: Statement): Promise<{ readonly rows: readonly Row[]; readonly wrote: boolean }> {
    const { transaction, receipt } = this.#open();
    const answer = transaction.run(cypher, parameters).then(({ records, summary }) => ({
      rows: records.map((record) => record.toObject() as Row),
      wrote: summary.counters.containsUpdates(),
    }));
    answer.catch(() => {});
    await receipt;
    try {
      return await answer;
    } catch (error) {
      throw this.#failWith(this.#settings.link.toError(error));
    }
  }

  /** At the first use. Nothing is waited for: what follows is sent behind it in the same breath. */
  #open(): Opened {
    if (this.#opened !== undefined) return this.#opened;
    const { link } = this.#settings;
    try {
      const session = link.openSession();
      const transaction = session.beginTransaction({ timeout: wholeMs(this.#request.attempt.timeoutMs) });
      const receipt = this.#writeReceipt(transaction);
      receipt.catch(() => {});
      this.#opened = { session, transaction, receipt };
      return this.#opened;
    } catch (error) {
      throw this.#failWith(link.toError(error));
    }
  }

  async #writeReceipt(transaction: Transaction): Promise<void> {
    const { receipt } = this.#request;
    if (receipt === null) return;
    const { statements, link, now } = this.#settings;
    try {
      await transaction.run(
        statements.create,
        toNeo4j({ id: receiptId(receipt), at: now() }) as Record<string, unknown>,
      );
    } catch (error) {
      if (codeOf(error) !== "Neo.ClientError.Schema.ConstraintValidationFailed")
        throw this.#failWith(link.toError(error));
      throw this.#failWith(await this.#meaningOfReceipt());
    }
  }

  /** The receipt's key is taken: by an effect, which makes this attempt a replay, or by a fence. */
  async #meaningOfReceipt(): Promise<Error> {
    const { receipt, attempt } = this.#request;
    const { statements, link, name } = this.#settings;
    if (receipt === null) throw new Error("only a transaction with a receipt meets another's");
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
      return new DependencyError(
        "receipt_vanished",
        "The receipt was there and then was not: purged at this very moment. Try again.",
        {
          dependency: name,
          kind: "contention",
          effect: "none",
        },
      );
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

  #failWith(error: Error): Error {
    this.scope.fail(error);
    return error;
  }
}
