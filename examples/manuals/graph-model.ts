/**
 * The manuals' graph, as data: what `embeddedGraph({ nodes, relationships })` and `neo4j({ … })` are given.
 *
 *     Document ─DESCRIBES─> Equipment ─HAS_PROCEDURE─> Procedure ─HAS_STEP─> Step ─REQUIRES_TEMPERATURE─> Temperature
 *        ├─────DOCUMENTS──────────────────────────────────^                                                    ^  ^
 *        └─────STATES──────────────────────────────────────────────────────────────────────────────────────────┘  │
 *                              Equipment ─HAS_TEMPERATURE─────────────────────────────────────────────────────────┘
 *
 * Nothing is shared between documents: every id begins with its document's, so a machine described by two manuals is two
 * nodes, and a revision of one manual cannot delete what the other says. `DOCUMENTS` and `STATES` keep in reach what
 * belongs to no machine in particular.
 *
 * Every node but the Document, and every relationship, has the property `document`: whose it is. By it a new revision
 * finds what earlier ones have left.
 */
export const manualNodes = {
  /** `title`, `revision`; `reading`: of which text, by which version of the rules; `operations`: the sequences of the operations that ingested it, in order. */
  Document: { key: "id" },
  /** See `Equipment` in extracted-manual.ts; and `modelKey`, the model as it is looked up: `tf50`. */
  Equipment: { key: "id", index: ["document", "kind"] },
  Procedure: { key: "id", index: ["document"] },
  Step: { key: "id", index: ["document"] },
  Temperature: { key: "id", index: ["document", "purpose"] },
} as const;

export const manualRelationships = {
  /** The machines that the manual is about. */
  DESCRIBES: { from: "Document", to: "Equipment", index: ["document"] },
  /** Every procedure of the manual, also one of no machine in particular. */
  DOCUMENTS: { from: "Document", to: "Procedure", index: ["document"] },
  HAS_PROCEDURE: { from: "Equipment", to: "Procedure", index: ["document"] },
  /** With `position`, from 1. */
  HAS_STEP: { from: "Procedure", to: "Step", index: ["document"] },
  /** Every temperature of the manual. */
  STATES: { from: "Document", to: "Temperature", index: ["document"] },
  /** The temperatures that are said of a machine. */
  HAS_TEMPERATURE: { from: "Equipment", to: "Temperature", index: ["document"] },
  /** The temperatures that a step names. */
  REQUIRES_TEMPERATURE: { from: "Step", to: "Temperature", index: ["document"] },
} as const;

export type ManualLabel = keyof typeof manualNodes;
export type ManualRelationship = keyof typeof manualRelationships;
export type PartLabel = (typeof PART_LABELS)[number];

/** The labels of what a revision brings and takes away; the Document stays. */
export const PART_LABELS = ["Equipment", "Procedure", "Step", "Temperature"] as const satisfies readonly ManualLabel[];

export const RELATIONSHIP_TYPES = Object.keys(manualRelationships) as readonly ManualRelationship[];
