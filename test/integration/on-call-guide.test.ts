import { join } from "node:path";
import { createRuntime, defineOperation, dependency, type RuntimeOptions } from "holdfast";
import { serveRuntime } from "holdfast/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { runCli } from "../../src/surface/cli/run-cli.ts";
import { wordsOf } from "../support/commands.ts";
import { temporaryFolder } from "../support/ledger.ts";
import { codeBlocks, read } from "../support/markdown.ts";

/* What the guide says that its commands print, beside what they print when a service is troubled in that way. */

const GUIDE = "docs/guides/on-call.md";
const WHILE = { timeout: 20_000, interval: 50 };

interface Shown {
  readonly command: string;
  readonly prints: readonly string[];
}

/** The commands below a heading of the guide, each with the lines that are shown after it. */
function shownIn(heading: string): Shown[] {
  const lines = read(GUIDE).split("\n");
  const begin = lines.indexOf(`## ${heading}`) + 1;
  const end = lines.findIndex((line, index) => index >= begin && line.startsWith("## "));
  return codeBlocks(GUIDE)
    .filter(({ language, line }) => language === "sh" && line > begin && (end < 0 || line <= end))
    .flatMap(({ code }) => code.split(/^\$ /m).slice(1))
    .map((text) => {
      const [command = "", ...prints] = text.trimEnd().split("\n");
      return { command, prints };
    });
}

/** Without what differs from one time to the next: times, numbers, names of lanes, widths of columns. */
const inGeneral = (line: string): string =>
  line
    .replaceAll(/#[a-z0-9]+/g, "#lane")
    .replaceAll(/\d+(?:\.\d+)? (?:d|h|m|s|ms)\b(?: \d+ [hms]\b)*/g, "a while")
    .replaceAll(/\d+(?:[.,:-]\d+)*/g, "n")
    .replaceAll(/\s+/g, " ")
    .trim();

async function served(options: Pick<RuntimeOptions, "operations" | "dependencies" | "config">) {
  const folder = temporaryFolder();
  const server = await serveRuntime({
    runtime: () => createRuntime({ dataDirectory: join(folder, "data"), ...options }),
    port: 0,
    mode: "development",
    stopOn: [],
  });
  onTestFinished(() => server.stop());
  const environment = { HOLDFAST_URL: server.url, HOLDFAST_TOKEN: server.access?.token };
  const holdfast = async (words: readonly string[]): Promise<string[]> => {
    let text = "";
    const stream = { write: (more: string) => (text += more) };
    const { signal } = new AbortController();
    await runCli(words, { stdout: stream, stderr: stream, environment, signal });
    return text.split("\n").map(inGeneral);
  };
  return { runtime: server.runtime, holdfast };
}

/** The lines of the guide are among those that are printed, in their order. */
async function asShown(heading: string, holdfast: (words: readonly string[]) => Promise<string[]>): Promise<void> {
  const all = shownIn(heading);
  expect(all).not.toEqual([]);
  for (const { command, prints } of all) {
    const printed = await holdfast(wordsOf(command).slice(1));
    const wanted = prints.map(inGeneral);
    expect({ command, lines: printed.filter((line) => wanted.includes(line)) }, printed.join("\n")).toEqual({
      command,
      lines: wanted,
    });
  }
}

const down = (name: string) =>
  dependency({
    name,
    probe: () => {
      throw new Error("down");
    },
  });

describe("the guide for who is on call", () => {
  test("shows the pin that was left behind as the command line does", async () => {
    const { runtime, holdfast } = await served({ operations: [], dependencies: [down("graph")] });
    await expect.poll(() => runtime.policy.modes[0]?.mode, WHILE).toBe("local_queue");
    await holdfast(["mode", "pin", "emergency_mode", "--reason", "graph host being replaced", "--for", "30m"]);
    await asShown("A pin was left behind", holdfast);
  });

  test("shows the incident that calls as the command line does", async () => {
    const { runtime, holdfast } = await served({
      operations: [],
      dependencies: [down("search")],
      config: { incident: { pageAfterOutageMs: 500 } },
    });
    await expect
      .poll(() => runtime.status().control.incidents.some(({ state }) => state === "paged"), WHILE)
      .toBe(true);
    await asShown("An incident calls", holdfast);
  });

  test("shows dead letters as the command line does", async () => {
    const convert = defineOperation({
      name: "manual.convert",
      version: 1,
      input: z.object({ manual: z.string() }),
      orderingKey: ({ manual }) => `manual:${manual}`,
      execute: () => {
        throw new Error("the converter is not installed");
      },
    });
    const { runtime, holdfast } = await served({ operations: [convert] });
    // As a remote caller's, one behind the other.
    const principal = { id: "token development", permissions: "*" } as const;
    await runtime.enqueue(convert, { manual: "fryer" }, { principal });
    await runtime.enqueue(convert, { manual: "fryer" }, { principal });
    await expect.poll(async () => (await runtime.deadLetters.list()).rows.length, WHILE).toBe(1);
    await asShown("Dead letters", holdfast);
  });
});
