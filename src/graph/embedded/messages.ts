import type { ReceiptKey } from "../../dependencies/dependency.ts";
import type { DependencyFailureKind, Effect } from "../../errors.ts";
import type { MatchNodes, MatchRelationships } from "../commands.ts";
import type { NodeKey } from "../graph-store.ts";
import type { FoundReceipt, FreshReceipt } from "../run-once-batch.ts";
import type { GraphSchema } from "../schema.ts";

/* What the main thread and the graph's worker say to each other. Properties travel as JSON text, the form they are stored in. */

export interface WorkerSettings {
  readonly file: string;
  readonly schema: GraphSchema;
}

/** What rides in a group commit. */
export type Job =
  /**
   * `writes`: each the JSON text of a `GraphWrite`, as it was when it was called. `receipts`: none for what is not
   * receipted, many for a batch; when one of them is there already, nothing is applied.
   */
  | {
      readonly kind: "transaction";
      readonly receipts: readonly FreshReceipt[];
      readonly writes: readonly string[];
    }
  | { readonly kind: "fence"; readonly receipt: ReceiptKey }
  | { readonly kind: "purge"; readonly receipts: readonly ReceiptKey[] };

export type JobResult =
  /** `found`: the receipt (of a batch, one of them) had been there, nothing was applied. */
  | { readonly ok: true; readonly found: FoundReceipt | undefined }
  | { readonly ok: false; readonly failure: WorkerFailure };

export interface WorkerFailure {
  readonly code: string;
  readonly message: string;
  readonly kind: DependencyFailureKind;
  readonly effect: Effect;
}

/** `found`: the receipt is there already, so nothing was read. */
export type Matched<Row> = { readonly found: FoundReceipt } | { readonly rows: readonly Row[] };

export interface FoundRelationshipText {
  readonly from: NodeKey;
  readonly to: NodeKey;
  readonly properties: string;
}

/** Each request with its answer. */
export interface Requests {
  batch: { request: { readonly jobs: readonly Job[] }; answer: readonly JobResult[] };
  matchNodes: { request: { readonly match: MatchNodes; readonly receipt: ReceiptKey | null }; answer: Matched<string> };
  matchRelationships: {
    request: { readonly match: MatchRelationships; readonly receipt: ReceiptKey | null };
    answer: Matched<FoundRelationshipText>;
  };
  find: { request: { readonly receipts: readonly ReceiptKey[] }; answer: readonly (FoundReceipt | undefined)[] };
  probe: { request: Record<never, never>; answer: null };
  close: { request: Record<never, never>; answer: null };
}

export type RequestKind = keyof Requests;

export type RequestMessage = {
  [Kind in RequestKind]: { readonly id: number; readonly kind: Kind } & Requests[Kind]["request"];
}[RequestKind];

export type AnswerMessage =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly failure: WorkerFailure };
