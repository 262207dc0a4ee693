import { setTimeout as pause } from "node:timers/promises";
import type { Cli } from "./cli.ts";

const HOME = "\u001b[H";
const TO_END_OF_LINE = "\u001b[K";
const TO_END_OF_SCREEN = "\u001b[J";
const CLEAR = "\u001b[2J";

/**
 * Shows something again and again until Ctrl-C: in its place on a terminal, one after the other elsewhere. An error ends
 * it only at the first time: a server that restarts is waited for.
 */
export async function watchLines(
  cli: Cli,
  everyMs: number,
  lines: () => Promise<readonly string[]>,
  sayError: (error: unknown) => string,
): Promise<void> {
  const { output, signal } = cli;
  for (let round = 0; !signal.aborted; round++) {
    let shown: readonly string[];
    try {
      shown = await lines();
    } catch (error) {
      if (round === 0) throw error;
      shown = [sayError(error)];
    }
    if (signal.aborted) return;
    output.control(round === 0 ? `${CLEAR}${HOME}` : HOME);
    output.lines(output.screen.isTerminal ? shown.map((line) => `${line}${TO_END_OF_LINE}`) : [...shown, ""]);
    output.control(TO_END_OF_SCREEN);
    await pause(everyMs, undefined, { signal }).catch(() => {});
  }
}

/** The same for programs: one document a line. */
export async function watchJson(cli: Cli, everyMs: number, value: () => Promise<unknown>): Promise<void> {
  while (!cli.signal.aborted) {
    cli.output.json(await value(), "line");
    await pause(everyMs, undefined, { signal: cli.signal }).catch(() => {});
  }
}
