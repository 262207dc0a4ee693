/** What the manuals' graph model calls the things that the proof reads. */
export const GRAPH_NAMES = { label: "Document", listProperty: "operations" } as const;

/** Receipts of a run have a label of their own, so that they can be told from those of others and deleted as a whole. */
export const receiptLabelOf = (runId: string): string => `HoldfastReceipt_${runId.replaceAll("-", "_")}`;
