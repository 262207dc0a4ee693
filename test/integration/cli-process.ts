import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const ENTRY = fileURLToPath(new URL("../../src/surface/cli/holdfast.ts", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly words: string;
}

export interface StartedCli {
  readonly ended: Promise<Ended>;
  readonly out: () => string;
  readonly words: () => string;
  signal(signal: NodeJS.Signals): void;
}

/** `holdfast …` as a process of its own, with nothing of our environment but where to find programs. */
export function startCli(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input?: string,
): StartedCli {
  const child = spawn(process.execPath, [ENTRY, ...words], {
    env: {
      PATH: process.env["PATH"] ?? "",
      // Our sources where it says `holdfast`.
      NODE_OPTIONS: process.env["NODE_OPTIONS"] ?? "",
      ...environment,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let out = "";
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, out, words: said })));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  });
  return { ended, out: () => out, words: () => said, signal: (signal) => void child.kill(signal) };
}

/** Runs `holdfast …` against a server, to its end. */
export const cliOf =
  (url: string, environment: Readonly<Record<string, string>> = {}) =>
  (...words: string[]): Promise<Ended> =>
    startCli(words, { HOLDFAST_URL: url, ...environment }).ended;
