import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { commandLine } from "../../scripts/surface-tables.ts";
import { ROOT } from "./markdown.ts";

/* Whether what a document tells people to type exists. */

const packageJson: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(`${ROOT}package.json`, "utf8"),
);

/** Others' commands, which are taken for known. */
const FOREIGN = new Set(["git", "cd", "cp", "mkdir", "curl", "export", "node", "kubectl", "systemctl", "df", "npx"]);

/** The commands in a `sh` block: without prompts, comments and what is printed, with lines that go on joined. */
export function commandsIn(code: string): string[] {
  const lines = code.replaceAll(/\\\n\s*/g, " ").split("\n");
  const typed = lines.some((line) => line.startsWith("$ ")) ? lines.filter((line) => line.startsWith("$ ")) : lines;
  return typed
    .map((line) =>
      line
        .replace(/^\$ /, "")
        .replace(/ +# .*$/, "")
        .trim(),
    )
    .filter((line) => line !== "" && !line.startsWith("#"))
    .flatMap((line) => line.split(/ && | \| /));
}

/** Why a command cannot be typed; undefined for one that can. */
export function whyNot(command: string): string | undefined {
  const words = wordsOf(command).filter((word) => !/^[A-Z0-9_]+=/.test(word));
  const [first = "", second = "", third = ""] = words;
  if (first === "npx" && second === "holdfast") return whyNotHoldfast(words.slice(2));
  if (first === "holdfast") return whyNotHoldfast(words.slice(1));
  if (first === "npm") {
    if (second === "install" || second === "ci") return undefined;
    const script = second === "run" ? third : second;
    if (!Object.hasOwn(packageJson.scripts, script)) return `there is no script ${script}`;
    const given = words.indexOf("--");
    return script === "holdfast" && given > 0 ? whyNotHoldfast(words.slice(given + 1)) : undefined;
  }
  return FOREIGN.has(first) ? undefined : `${first} is no command that the test knows`;
}

function whyNotHoldfast(words: readonly string[]): string | undefined {
  let command: Command = commandLine();
  const optionsOf = (each: Command | null): readonly { readonly long?: string; readonly short?: string }[] =>
    each === null ? [] : [...each.options, ...optionsOf(each.parent)];
  for (const word of words) {
    if (/^[<[]?COMMAND/.test(word)) return undefined;
    if (word.startsWith("-")) {
      const name = word.split("=", 1)[0];
      const known = [...optionsOf(command), { long: "--help" }, { long: "--version" }];
      if (!known.some(({ long, short }) => long === name || short === name))
        return `holdfast ${command.name()} has no option ${name}`;
    } else if (command.commands.length > 0) {
      const next = command.commands.find((each) => each.name() === word);
      if (next === undefined) return `holdfast has no command ${word}`;
      command = next;
    }
  }
  return undefined;
}

/** The words of a command, quotes taken off. */
export const wordsOf = (command: string): string[] =>
  [...command.matchAll(/"[^"]*"|'[^']*'|\S+/g)].map(([word]) => word.replaceAll(/^['"]|['"]$/g, ""));
