import type {
  AppendRow,
  NodeKey,
  NodeSelection,
  Properties,
  RelationshipFound,
  RelationshipRow,
  Where,
} from "./graph-store.ts";
import type { NodeType, RelationshipType } from "./schema.ts";

/** A write of the portable vocabulary, as data, checked: what a graph applies, now or at the commit. */
export type GraphWrite =
  | { readonly kind: "mergeNodes" | "createNodes"; readonly node: NodeType; readonly rows: readonly Properties[] }
  | { readonly kind: "append"; readonly node: NodeType; readonly rows: readonly AppendRow[] }
  | { readonly kind: "deleteNodes"; readonly node: NodeType; readonly selection: NodeSelection }
  | {
      readonly kind: "mergeRelationships";
      readonly relationship: RelationshipType;
      readonly rows: readonly RelationshipRow[];
    }
  | { readonly kind: "deleteRelationships"; readonly relationship: RelationshipType; readonly where: Where };

export interface MatchNodes {
  readonly kind: "matchNodes";
  readonly node: NodeType;
  readonly keys?: readonly NodeKey[];
  readonly where?: Where;
  readonly limit: number;
}

export interface MatchRelationships {
  readonly kind: "matchRelationships";
  readonly relationship: RelationshipType;
  readonly from?: readonly NodeKey[];
  readonly to?: readonly NodeKey[];
  readonly where?: Where;
  readonly limit: number;
}

/** How a graph carries the vocabulary out. Everything that arrives here has been checked. */
export interface GraphCommands {
  write(write: GraphWrite): Promise<void>;
  matchNodes(match: MatchNodes): Promise<readonly Properties[]>;
  matchRelationships(match: MatchRelationships): Promise<readonly RelationshipFound[]>;
}
