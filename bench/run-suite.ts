import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Entry, toEntries } from "./entry.ts";
import { createPeerLoader } from "./peers/load-peer.ts";
import { listedSuite, type SuiteName } from "./suites/index.ts";

/* One suite, in a process of its own. Its parent gives it its order as one argument, and gets messages. */

export interface SuiteOrder {
  readonly suite: SuiteName;
  readonly quick: boolean;
  /** Why the peers are not installed. */
  readonly peersMissing?: string;
}

export type SuiteReport =
  | { readonly entry: Entry }
  | { readonly progress: string }
  | { readonly software: string }
  | { readonly failed: string };

const order = JSON.parse(process.argv[2] ?? "") as SuiteOrder;
/** Resolves when it is on its way: what is told last must not be lost with the process. */
const tell = (report: SuiteReport): Promise<void> =>
  new Promise((resolve) => process.send?.(report, undefined, undefined, () => resolve()));
const folder = mkdtempSync(join(tmpdir(), `holdfast-bench-${order.suite}-`));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
// Ctrl-C reaches every process of the terminal; servers of ours are ended, and the folder removed, by the exit.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
process.once("disconnect", () => process.exit(1)); // its parent is gone

try {
  const { suite } = await listedSuite(order.suite).load();
  const findings = suite({
    quick: order.quick,
    loadPeer: createPeerLoader(order.peersMissing),
    folder,
    progress: (text) => void tell({ progress: text }),
    ranOn: (software) => void tell({ software }),
  });
  for await (const finding of findings)
    for (const entry of toEntries(order.suite, finding, order.quick)) await tell({ entry });
} catch (error) {
  await tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
process.exit(0);
