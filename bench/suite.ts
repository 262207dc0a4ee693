import type { Finding } from "./entry.ts";
import type { PeerLoader } from "./peers/load-peer.ts";

/** One file in suites/: runs in a process of its own, and tells each finding as soon as it has it. */
export type Suite = (context: SuiteContext) => AsyncIterable<Finding>;

export interface SuiteContext {
  /** Sizes that show that it runs, in seconds. */
  readonly quick: boolean;
  readonly loadPeer: PeerLoader;
  /** A folder of this process, removed at its end. */
  readonly folder: string;
  /** Says on stderr what is going on. */
  readonly progress: (text: string) => void;
  /** Adds to the line about the machine: a server, by its version. */
  readonly ranOn: (software: string) => void;
}
