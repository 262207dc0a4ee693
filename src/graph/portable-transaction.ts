import { InvalidValueError, MisuseError } from "../errors.ts";
import type { GraphCommands } from "./commands.ts";
import type {
  AppendRow,
  GraphTransaction,
  NodeKey,
  NodeSchema,
  NodeSelection,
  Properties,
  RelationshipFound,
  RelationshipRow,
  RelationshipSchema,
  Where,
} from "./graph-store.ts";
import { nodeType, relationshipType, type GraphSchema } from "./schema.ts";
import type { TransactionScope } from "./transaction-scope.ts";
import { checkAppendRows, checkEach, checkKey, checkNodeRows, checkRelationshipRows, checkWhere } from "./values.ts";

const DEFAULT_LIMIT = 1_000;
const LARGEST_LIMIT = 100_000;

/**
 * The handle of both graphs: it checks every call (labels, values, order of reads and writes, whether it is still
 * open) and passes it on as data. A graph brings its `commands`.
 */
export class PortableTransaction<Nodes extends NodeSchema, Relationships extends RelationshipSchema>
  implements GraphTransaction<Nodes, Relationships>
{
  readonly #schema: GraphSchema;
  readonly #scope: TransactionScope;
  readonly #commands: GraphCommands;

  constructor(schema: GraphSchema, scope: TransactionScope, commands: GraphCommands) {
    this.#schema = schema;
    this.#scope = scope;
    this.#commands = commands;
  }

  mergeNodes(label: keyof Nodes & string, rows: readonly Properties[]): Promise<void> {
    return this.#writeNodes("mergeNodes", label, rows);
  }

  createNodes(label: keyof Nodes & string, rows: readonly Properties[]): Promise<void> {
    return this.#writeNodes("createNodes", label, rows);
  }

  #writeNodes(kind: "mergeNodes" | "createNodes", label: string, rows: readonly Properties[]): Promise<void> {
    return this.#scope.call(() => {
      const node = nodeType(this.#schema, label);
      checkNodeRows(rows, node.key);
      return this.#write(rows, () => this.#commands.write({ kind, node, rows }));
    });
  }

  mergeRelationships(type: keyof Relationships & string, rows: readonly RelationshipRow[]): Promise<void> {
    return this.#scope.call(() => {
      const relationship = relationshipType(this.#schema, type);
      checkRelationshipRows(rows);
      return this.#write(rows, () => this.#commands.write({ kind: "mergeRelationships", relationship, rows }));
    });
  }

  append(label: keyof Nodes & string, rows: readonly AppendRow[]): Promise<void> {
    return this.#scope.call(() => {
      const node = nodeType(this.#schema, label);
      checkAppendRows(rows, node.key);
      return this.#write(rows, () => this.#commands.write({ kind: "append", node, rows }));
    });
  }

  deleteNodes(label: keyof Nodes & string, selection: NodeSelection): Promise<void> {
    return this.#scope.call(() => {
      const node = nodeType(this.#schema, label);
      const { keys, where } = checkNodeSelection(selection);
      if (keys === undefined) checkSomeCondition(where);
      const rows = keys ?? [where];
      return this.#write(rows, () => this.#commands.write({ kind: "deleteNodes", node, selection }));
    });
  }

  deleteRelationships(type: keyof Relationships & string, selection: { readonly where: Where }): Promise<void> {
    return this.#scope.call(() => {
      const relationship = relationshipType(this.#schema, type);
      const { where } = selection;
      checkWhere(where, "selection.where");
      checkSomeCondition(where);
      return this.#write([where], () => this.#commands.write({ kind: "deleteRelationships", relationship, where }));
    });
  }

  matchNodes(
    label: keyof Nodes & string,
    selection: Partial<{ keys: readonly NodeKey[]; where: Where }>,
    options?: { readonly limit?: number },
  ): Promise<readonly Properties[]> {
    return this.#scope.call(async () => {
      const node = nodeType(this.#schema, label);
      const limit = checkLimit(options?.limit);
      const conditions = checkNodeSelection(selection);
      this.#scope.assertNothingWritten();
      return this.#commands.matchNodes({ kind: "matchNodes", node, limit, ...conditions });
    });
  }

  matchRelationships(
    type: keyof Relationships & string,
    selection: Partial<{ from: readonly NodeKey[]; to: readonly NodeKey[]; where: Where }>,
    options?: { readonly limit?: number },
  ): Promise<readonly RelationshipFound[]> {
    return this.#scope.call(async () => {
      const relationship = relationshipType(this.#schema, type);
      const limit = checkLimit(options?.limit);
      const { from, to, where } = selection;
      if (from !== undefined) checkEach(from, "selection.from", checkKey);
      if (to !== undefined) checkEach(to, "selection.to", checkKey);
      if (where !== undefined) checkWhere(where, "selection.where");
      this.#scope.assertNothingWritten();
      return this.#commands.matchRelationships({
        kind: "matchRelationships",
        relationship,
        limit,
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(where !== undefined && { where }),
      });
    });
  }

  /** A call without rows sends nothing and is not yet a write. */
  async #write(rows: readonly unknown[], send: () => Promise<void>): Promise<void> {
    if (rows.length === 0) return;
    this.#scope.written = true;
    await send();
  }
}

function checkNodeSelection(selection: Partial<{ keys: readonly NodeKey[]; where: Where }>): {
  readonly keys?: readonly NodeKey[];
  readonly where?: Where;
} {
  const { keys, where } = selection;
  if (keys !== undefined) checkEach(keys, "selection.keys", checkKey);
  if (where !== undefined) checkWhere(where, "selection.where");
  return { ...(keys !== undefined && { keys }), ...(where !== undefined && { where }) };
}

/** A selection that an input left empty must not empty the graph. */
function checkSomeCondition(where: Where | undefined): void {
  if (where === undefined || Object.keys(where).length === 0)
    throw new InvalidValueError(
      "selection_is_empty",
      "selection.where",
      "selection.where: a deletion needs at least one condition.",
    );
}

function checkLimit(limit: number = DEFAULT_LIMIT): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= LARGEST_LIMIT) return limit;
  throw new MisuseError("invalid_limit", `A match's limit is a whole number from 1 to ${LARGEST_LIMIT}.`);
}
