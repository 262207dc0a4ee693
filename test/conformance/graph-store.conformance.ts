import { afterAll, beforeAll, describe } from "vitest";
import { batchConformance } from "./graph-batches.conformance.ts";
import { connectionConformance } from "./graph-connection.conformance.ts";
import type { GraphHarness } from "./graph-harness.ts";
import { receiptConformance } from "./graph-receipts.conformance.ts";
import { refusalConformance } from "./graph-refusals.conformance.ts";
import { vocabularyConformance } from "./graph-vocabulary.conformance.ts";

/** Everything that must be so on every graph. */
export function graphConformance(name: string, open: () => Promise<GraphHarness>, skipped?: string): void {
  describe.skipIf(skipped !== undefined)(name, () => {
    let harness: GraphHarness;
    beforeAll(async () => void (harness = await open()));
    afterAll(() => harness.close());
    vocabularyConformance(() => harness);
    receiptConformance(() => harness);
    batchConformance(() => harness);
    refusalConformance(() => harness);
    connectionConformance(() => harness);
  });
}
