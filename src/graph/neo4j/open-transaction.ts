import type { Session, Transaction } from "neo4j-driver";
import { DependencyError, type Effect, MisuseError } from "../../errors.ts";
import type { GraphCommands, GraphWrite, MatchNodes, MatchRelationships } from "../commands.ts";
import type { NodeKey, NodeSchema, Properties, RelationshipFound, RelationshipSchema } from "../graph-store.ts";
import type { GraphSchema } from "../schema.ts";
import { TransactionScope } from "../transaction-scope.ts";
import { matchNodesStatement, matchRelationshipsStatement, type Statement, toStatements } from "./cypher.ts";
import { fromNeo4j, propertiesFromNeo4j } from "./from-neo4j.ts";
import { type Neo4jLink, type Row, wholeMs } from "./neo4j-link.ts";
import { Neo4jHandle, type Neo4jTransaction } from "./neo4j-transaction.ts";
import type { ReceiptStatements } from "./receipt-statements.ts";
import { toNeo4j } from "./to-neo4j.ts";

export interface Neo4jSettings {
  readonly name: string;
  readonly schema: GraphSchema;
  readonly link: Neo4jLink;
  readonly statements: ReceiptStatements;
  readonly now: () => number;
}

/** Sends what comes before everything else; settles when its answer is there. Rejects with what `failWith` made of it. */
type SendFirst = (transaction: Transaction) => Promise<void>;

interface Opened {
  readonly session: Session;
  readonly transaction: Transaction;
  readonly first: Promise<void>;
}

/**
 * One transaction on Neo4j under way. It opens at its first use: BEGIN, what is to be sent first, and the first
 * statement leave together, and nothing behind a statement runs when that fails.
 */
export class OpenTransaction<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  implements GraphCommands
{
  readonly scope = new TransactionScope();
  readonly handle: Neo4jTransaction<Nodes, Relationships>;
  effect: Effect = "none";
  /** True when something was sent that a commit must make durable. */
  needsCommit = false;
  readonly #settings: Neo4jSettings;
  readonly #timeoutMs: number;
  readonly #sendFirst: SendFirst | undefined;
  #opened: Opened | undefined;
  #finished = false;

  constructor(settings: Neo4jSettings, timeoutMs: number, sendFirst?: SendFirst) {
    this.#settings = settings;
    this.#timeoutMs = timeoutMs;
    this.#sendFirst = sendFirst;
    this.handle = new Neo4jHandle<Nodes, Relationships>(settings.schema, this.scope, this, (cypher, parameters) =>
      this.#runCypher(cypher, parameters),
    );
  }

  async write(write: GraphWrite): Promise<void> {
    this.needsCommit = true;
    await Promise.all(toStatements(write).map((statement) => this.#apply(statement, write)));
  }

  async matchNodes(match: MatchNodes): Promise<readonly Properties[]> {
    const { rows } = await this.send(matchNodesStatement(match));
    return rows.map(({ properties }) => propertiesFromNeo4j(properties));
  }

  async matchRelationships(match: MatchRelationships): Promise<readonly RelationshipFound[]> {
    const { rows } = await this.send(matchRelationshipsStatement(match));
    return rows.map(({ from, to, properties }) => ({
      from: fromNeo4j(from) as NodeKey,
      to: fromNeo4j(to) as NodeKey,
      properties: propertiesFromNeo4j(properties),
    }));
  }

  /** Opens it where nothing has yet; resolves when the first answer is there. */
  async firstAnswer(): Promise<void> {
    await this.#open().first;
  }

  async send({ cypher, parameters }: Statement): Promise<{ readonly rows: readonly Row[]; readonly wrote: boolean }> {
    const { transaction, first } = this.#open();
    const answer = transaction.run(cypher, parameters).then(({ records, summary }) => ({
      rows: records.map((record) => record.toObject() as Row),
      wrote: summary.counters.containsUpdates(),
    }));
    answer.catch(() => {});
    await first;
    try {
      return await answer;
    } catch (error) {
      throw this.failWith(this.#settings.link.toError(error));
    }
  }

  async commit(): Promise<void> {
    const { transaction } = this.#open();
    // The attempt may have ended meanwhile; its promise has then been rejected with effect none.
    if (this.scope.ended)
      throw new MisuseError("transaction_closed", "The attempt has ended; nothing of it is committed.");
    this.effect = "unknown";
    try {
      await transaction.commit();
    } catch (error) {
      throw this.#settings.link.toError(error, "committing");
    }
  }

  abort(): void {
    if (this.#opened === undefined) return;
    const { session } = this.#opened;
    const { link } = this.#settings;
    if (this.scope.ended) return link.breakOff(session);
    if (this.#finished) return;
    this.#finished = true;
    link.release(session); // rolls back what is open
  }

  failWith(error: Error): Error {
    this.scope.fail(error);
    return error;
  }

  async #apply(statement: Statement, write: GraphWrite): Promise<void> {
    const { rows } = await this.send(statement);
    if (statement.mustApply === undefined || Number(rows[0]?.applied) >= statement.mustApply) return;
    const type = write.kind === "mergeRelationships" ? write.relationship.type : write.kind;
    throw this.failWith(
      new DependencyError("node_missing", `mergeRelationships("${type}"): a row names a node that does not exist.`, {
        dependency: this.#settings.name,
        kind: "rejected",
        effect: "none",
      }),
    );
  }

  async #runCypher(cypher: string, parameters: Readonly<Record<string, unknown>>): Promise<readonly Row[]> {
    this.needsCommit = true;
    const { rows, wrote } = await this.send({
      cypher,
      parameters: toNeo4j(parameters) as Readonly<Record<string, unknown>>,
    });
    if (wrote) this.scope.written = true;
    return rows.map((row) => fromNeo4j(row) as Row);
  }

  /** At the first use. Nothing is waited for: what follows is sent behind it in the same breath. */
  #open(): Opened {
    if (this.#opened !== undefined) return this.#opened;
    const { link } = this.#settings;
    try {
      const session = link.openSession();
      const transaction = session.beginTransaction({ timeout: wholeMs(this.#timeoutMs) });
      const first = this.#sendFirst?.(transaction) ?? Promise.resolve();
      first.catch(() => {});
      this.#opened = { session, transaction, first };
      return this.#opened;
    } catch (error) {
      throw this.failWith(link.toError(error));
    }
  }
}
