import type { Output } from "./output.ts";
import { bytes } from "./figures.ts";

const CELLS = 30;
/** A fast terminal is no reason to draw more often than anybody sees. */
const EVERY_MS = 100;

/** How far long work is, on stderr, where that is a terminal; nothing anywhere else. */
export function progressBar(
  output: Output,
  what: string,
): { at(done: number, of: number, unitBytes?: number): void; end(): void } {
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  return {
    at(done, of, unitBytes = 1) {
      const now = performance.now();
      if (now - drawnAtMs < EVERY_MS && done < of) return;
      drawnAtMs = now;
      const share = of === 0 ? 1 : done / of;
      const filled = Math.round(share * CELLS);
      const bar = `${"█".repeat(filled)}${"░".repeat(CELLS - filled)}`;
      output.wordsControl(
        `\r${what}  ${bar}  ${String(Math.floor(share * 100)).padStart(3)} %  ${bytes(done * unitBytes)} of ${bytes(of * unitBytes)}\u001b[K`,
      );
    },
    end: () => output.wordsControl("\r\u001b[K"),
  };
}
