import { describe, expect, test } from "vitest";
import { runCli } from "../../src/surface/cli/run-cli.ts";
import { textWidth } from "../../src/surface/cli/output/text-width.ts";
import { until } from "../support/ledger.ts";
import { cliOf } from "./cli-process.ts";
import { serveKitchen } from "./server-kitchen.ts";

const HALF_AN_HOUR = 30 * 60_000;
const ESCAPE = "\u001b";
/** What a terminal would obey; line breaks are ours. */
const ACTING = /[\p{Cc}\u202e]/u;

/** A command line on a terminal, as wide as that. */
async function onTerminal(
  url: string,
  words: readonly string[],
  columns = 80,
  environment: Record<string, string> = {},
) {
  let out = "";
  let said = "";
  const code = await runCli(words, {
    stdout: { write: (text) => (out += text), isTTY: true, columns },
    stderr: { write: (text) => (said += text), isTTY: true, columns },
    environment: { HOLDFAST_URL: url, ...environment },
    signal: new AbortController().signal,
  });
  return { code, out, words: said };
}

const withoutColour = (text: string): string => text.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, "g"), "");

describe("the command line's manners", () => {
  test.each<[what: string, words: readonly string[]]>([
    ["no such command", ["stauts"]],
    ["no such option", ["status", "--loud"]],
    ["a reason that is missing", ["mode", "pin", "normal", "--for", "1h"]],
    ["a reason that is empty", ["mode", "pin", "normal", "--for", "1h", "--reason", " "]],
    ["a duration that is none", ["mode", "pin", "normal", "--for", "soon", "--reason", "r"]],
    ["a mode that is none", ["mode", "pin", "turbo", "--for", "1h", "--reason", "r"]],
    ["a url with a password", ["status", "--url", "http://anna:secret@127.0.0.1"]],
    ["a token as an argument", ["status", "hf_svc_secret"]],
    ["a token file that is not there", ["status", "--token-file", "/nothing/here"]],
  ])("%s is a wrong use, told on stderr, with exit code 2", async (_what, words) => {
    const ended = await cliOf("http://127.0.0.1:9")(...words);
    expect(ended).toMatchObject({ code: 2, out: "" });
    expect(ended.words).toMatch(/^holdfast: /);
    expect(ended.words).not.toContain("secret");
  });

  test("where nobody answers the exit code is 5, for programs as JSON on stderr", async () => {
    const ended = await cliOf("http://127.0.0.1:9")("status", "--json");
    expect(ended).toMatchObject({ code: 5, out: "" });
    expect(JSON.parse(ended.words)).toMatchObject({ error: { reason: "not_connected", retryable: true } });
  });

  test("who has no token, a wrong one, or one that may not, is refused with exit code 3", async () => {
    const { server } = await serveKitchen({
      authentication: "tokens",
      bootstrapToken: `hf_boot_${"a1B2c3D4".repeat(6)}`,
    });
    const { secret } = await server.runtime.tokens.create({ name: "viewer", role: "viewer", reason: "a test" });
    expect((await cliOf(server.url)("status")).code).toBe(3);
    expect((await cliOf(server.url, { HOLDFAST_TOKEN: "hf_svc_wrong" })("status")).code).toBe(3);
    const cli = cliOf(server.url, { HOLDFAST_TOKEN: secret });
    expect((await cli("status")).code).toBe(0);
    const forbidden = await cli("mode", "pin", "normal", "--reason", "r", "--for", "1h");
    expect(forbidden).toMatchObject({ code: 3, out: "" });
    expect(forbidden.words).toContain("degradation.pin");
    const narrow = { name: "narrow", permissions: ["degradation.read"], reason: "a test" };
    const { secret: little } = await server.runtime.tokens.create(narrow);
    const shown = await cliOf(server.url, { HOLDFAST_TOKEN: little })("status");
    expect(shown).toMatchObject({ code: 0, out: expect.stringMatching(/alerts +not shown: this token may not read/) });
  });

  test("help says what there is, and the exit codes", async () => {
    const help = await cliOf("")("--help");
    expect(help.code).toBe(0);
    for (const verb of ["status", "explain", "mode", "operations", "dead-letters", "machines", "token", "serve"])
      expect(help.out).toMatch(new RegExp(`^  ${verb}`, "m"));
    expect(help.out).toMatch(/^ {2}5 {4}no Holdfast server/m);
  });

  test("colour is for terminals that want it", async () => {
    const { server, client } = await serveKitchen();
    await until("the graph", async () => (await client.dependencies.list.query())[0]?.state === "closed");
    expect((await onTerminal(server.url, ["status"])).out).toContain("\u001b[32mclosed");
    for (const plain of [
      await onTerminal(server.url, ["status", "--no-color"]),
      await onTerminal(server.url, ["--no-color", "status"]),
      await onTerminal(server.url, ["status"], 80, { NO_COLOR: "1" }),
      await onTerminal(server.url, ["status"], 80, { TERM: "dumb" }),
    ]) {
      expect(plain.code).toBe(0);
      expect(plain.out).not.toContain("\u001b");
    }
  });

  test("no line is wider than the terminal, also where names are wide", async () => {
    const { server, client } = await serveKitchen();
    const reason = "冷蔵庫の温度計を交換しています。".repeat(6);
    await client.degradation.pin.mutate({ mode: "normal", reason, forMs: HALF_AN_HOUR });
    for (const columns of [60, 80, 120])
      for (const words of [["status"], ["machines", "list"], ["machines", "transitions"], ["dependencies", "list"]]) {
        const { out } = await onTerminal(server.url, words, columns);
        for (const line of withoutColour(out).split("\n"))
          expect([words, textWidth(line) <= columns]).toEqual([words, true]);
      }
    expect((await onTerminal(server.url, ["machines", "transitions"], 80)).out).toContain("…");
    // Who pipes gets all of it.
    expect((await cliOf(server.url)("status")).out).toContain(reason);
  });

  test("what would act on a terminal is shown as what it is", async () => {
    const { server, client } = await serveKitchen();
    const reason = "\u001b[2J\u001b]0;owned\u0007 \u202egnp.exe\u009b31m\r\nfake   line";
    await client.degradation.pin.mutate({ mode: "normal", reason, forMs: HALF_AN_HOUR });
    for (const words of [["status"], ["explain"], ["machines", "list"], ["machines", "transitions"]]) {
      const { out } = await onTerminal(server.url, words, 400);
      expect(withoutColour(out).replaceAll("\n", "")).not.toMatch(ACTING);
      expect(out).toContain("\\u001b[2J");
    }
    const { out } = await onTerminal(server.url, ["status", "--json"]);
    expect(out.replaceAll("\n", "")).not.toMatch(ACTING);
    expect(JSON.parse(out)).toMatchObject({ pin: { reason } });
  });
});
