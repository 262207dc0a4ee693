import type { Transition } from "../data/wire.ts";

/** What a drain found when it verified itself. */
export interface Recovery {
  readonly at: number;
  readonly dependency: string;
  readonly counted: number;
  readonly ended: number;
  /** Dead letters and held ones, which wait for a person and not for the drain. */
  readonly leftAside: number;
  readonly receiptsReadBack: number;
}

const VERIFIED = /verified: (\d+) ended of (\d+) counted, (\d+) left aside, (\d+) receipts read back/;

/** The last drain that came to its end; undefined where none did since the page was opened. Figures are the drain's. */
export function lastRecovery(transitions: readonly Transition[]): Recovery | undefined {
  for (const { machine, to, at, cause } of transitions.toReversed()) {
    const found = to === "empty" && machine.startsWith("drain:") ? VERIFIED.exec(cause.what) : null;
    if (found === null) continue;
    const [ended = 0, counted = 0, leftAside = 0, receiptsReadBack = 0] = found.slice(1).map(Number);
    return { at, dependency: machine.slice("drain:".length), counted, ended, leftAside, receiptsReadBack };
  }
  return undefined;
}
