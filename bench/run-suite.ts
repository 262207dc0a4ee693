import { type Entry, toEntries } from "./entry.ts";
import { createPeerLoader } from "./peers/load-peer.ts";
import { listedSuite, type SuiteName } from "./suites/index.ts";

/*
 * One suite, in a process of its own. Its parent gives it its order as one argument, gets messages, and removes the
 * folder when it has ended.
 */

export interface SuiteOrder {
  readonly suite: SuiteName;
  readonly quick: boolean;
  /** For everything it writes; also the folder of temporary files. */
  readonly folder: string;
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
// Ctrl-C reaches every process of the terminal. Servers of ours end with the exit.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
process.once("disconnect", () => process.exit(1)); // its parent is gone

try {
  const { suite } = await listedSuite(order.suite).load();
  const findings = suite({
    quick: order.quick,
    loadPeer: createPeerLoader(order.peersMissing),
    folder: order.folder,
    progress: (text) => void tell({ progress: text }),
    ranOn: (software) => void tell({ software }),
  });
  for await (const finding of findings)
    for (const entry of toEntries(order.suite, finding, order.quick)) await tell({ entry });
} catch (error) {
  await tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
process.exit(0);
