import { MisuseError } from "../../errors.ts";
import type { GraphCommands } from "../commands.ts";
import type { GraphTransaction, NodeSchema, RelationshipSchema } from "../graph-store.ts";
import { PerCallTransaction } from "../per-call-transaction.ts";
import { PortableTransaction } from "../portable-transaction.ts";
import type { GraphSchema } from "../schema.ts";
import type { TransactionScope } from "../transaction-scope.ts";
import { checkParameters } from "../values.ts";
import type { Row } from "./neo4j-link.ts";

/** The transaction on Neo4j: the portable vocabulary, and Cypher. */
export interface Neo4jTransaction<
  Nodes extends NodeSchema = NodeSchema,
  Relationships extends RelationshipSchema = RelationshipSchema,
> extends GraphTransaction<Nodes, Relationships> {
  /**
   * Runs one statement within the transaction and resolves to its rows as plain data (see `fromNeo4j`): integers as
   * numbers, beyond 2^53 - 1 as bigint; dates and times as ISO text. Whole numbers go in as INTEGER, others as FLOAT.
   * Never build the text of a statement from input: pass `parameters`.
   *
   * @throws InvalidValueError for a parameter that would not arrive as it is, with its path
   */
  run<Found extends Row = Row>(
    cypher: string,
    parameters?: Readonly<Record<string, unknown>>,
  ): Promise<readonly Found[]>;
}

/** Sends a statement of the user's own; the handle has checked it. */
type SendCypher = (cypher: string, parameters: Readonly<Record<string, unknown>>) => Promise<readonly Row[]>;

/** The handle within `once`. */
export class Neo4jHandle<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  extends PortableTransaction<Nodes, Relationships>
  implements Neo4jTransaction<Nodes, Relationships>
{
  readonly #scope: TransactionScope;
  readonly #send: SendCypher;

  constructor(schema: GraphSchema, scope: TransactionScope, commands: GraphCommands, send: SendCypher) {
    super(schema, scope, commands);
    this.#scope = scope;
    this.#send = send;
  }

  run<Found extends Row = Row>(
    cypher: string,
    parameters: Readonly<Record<string, unknown>> = {},
  ): Promise<readonly Found[]> {
    return this.#scope.call(() => {
      if (typeof cypher !== "string" || cypher.trim() === "")
        throw new MisuseError("invalid_statement", "run() needs the text of a Cypher statement.");
      checkParameters(parameters);
      return this.#send(cypher, parameters) as Promise<readonly Found[]>;
    });
  }
}

/** The handle outside `once`: each call commits by itself. */
export class PerCallNeo4jTransaction<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  extends PerCallTransaction<Nodes, Relationships, Neo4jTransaction<Nodes, Relationships>>
  implements Neo4jTransaction<Nodes, Relationships>
{
  run<Found extends Row = Row>(
    cypher: string,
    parameters?: Readonly<Record<string, unknown>>,
  ): Promise<readonly Found[]> {
    return this.alone((transaction) => transaction.run<Found>(cypher, parameters));
  }
}
