import { readFileSync } from "node:fs";
import { defaultConfig } from "../config/presets.ts";
import { defaultTriggers } from "../config/triggers.ts";
import { LIMITS } from "../src/surface/server/limits.ts";
import { table } from "./markdown-table.ts";

/* Settings as the code has them: the default from the object, what it is from the comment in its type. */

const root = new URL("../", import.meta.url);
const source = (path: string): string => readFileSync(new URL(path, root), "utf8");

/** What each member of a block says in the comment before it: of an interface, or of an object. */
function commentsIn(text: string, opening: string): ReadonlyMap<string, { says: string; type: string }> {
  const begin = text.indexOf(opening);
  if (begin < 0) throw new Error(`there is no ${opening}`);
  const body = text.slice(begin, text.indexOf("\n}", begin));
  const members = body.matchAll(/(?:\/\*\*([\s\S]*?)\*\/\s*)?^ {2}(?:readonly )?(\w+)\??: ([^\n]*)$/gm);
  return new Map(
    [...members].map(([, comment = "", name = "", type = ""]) => [
      name,
      { says: comment.replaceAll(/\s*\n\s*\* ?/g, " ").trim(), type: type.replace(/[;,]$/, "") },
    ]),
  );
}

const types = source("config/types.ts");
const sections = commentsIn(types, "export interface RuntimeConfig {");

const row = (setting: string, value: unknown, says: string): string[] => [
  `\`${setting}\``,
  shown(setting, value),
  says.replaceAll("|", "\\|"),
];

/** One section of the configuration, or one setting at its top. */
function rowsOf(section: string): string[][] {
  const value: unknown = Reflect.get(defaultConfig, section);
  const known = sections.get(section);
  if (known === undefined) throw new Error(`there is no setting ${section}`);
  if (typeof value !== "object" || value === null) return [row(section, value, known.says)];
  return membersOf(section, known.type, value);
}

function membersOf(path: string, type: string, value: object): string[][] {
  const says = commentsIn(types, `export interface ${type} {`);
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) => {
    const about = says.get(name);
    if (about === undefined) throw new Error(`${type} does not have ${name}`);
    return typeof each === "object" && each !== null
      ? membersOf(`${path}.${name}`, about.type, each)
      : [row(`${path}.${name}`, each, about.says)];
  });
}

/** `settings breaker operations.retry`: sections, or some of their settings, as `createRuntime({ config })` takes them. */
export const settingsTable = (names: readonly string[]): string =>
  table([["setting", "default", "what it is"], ...names.flatMap(rowsUnder)]);

function rowsUnder(name: string): string[][] {
  const [section = name] = name.split(".", 1);
  const rows = rowsOf(section).filter(([setting = ""]) => `${setting.slice(1, -1)}.`.startsWith(`${name}.`));
  if (rows.length === 0) throw new Error(`there is no setting ${name}`);
  return rows;
}

/** `triggers`: thresholds and dwells. */
export function triggersTable(): string {
  const says = commentsIn(source("config/triggers.ts"), "export const defaultTriggers");
  const rows = Object.entries(defaultTriggers).map(([name, { enter, exit, enterDwellMs, leaveDwellMs }]) => [
    `\`${name}\``,
    String(enter),
    String(exit),
    shown("Ms", enterDwellMs),
    shown("Ms", leaveDwellMs),
    says.get(name)?.says ?? "",
  ]);
  return table([["trigger", "`enter`", "`exit`", "`enterDwellMs`", "`leaveDwellMs`", "what is measured"], ...rows]);
}

/** `server limits`: what one caller may cost the process. */
export function limitsTable(): string {
  const says = commentsIn(source("src/surface/server/limits.ts"), "export const LIMITS");
  const rows = Object.entries(LIMITS).map(([name, value]) => row(name, value, says.get(name)?.says ?? ""));
  return table([["limit", "value", "what it is"], ...rows]);
}

const TIMES = [
  [86_400_000, "day"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;
const SIZES = [
  [1_024 ** 3, "GiB"],
  [1_024 ** 2, "MiB"],
  [1_024, "KiB"],
] as const;

function shown(name: string, value: unknown): string {
  if (typeof value !== "number") return String(value);
  const units = name.endsWith("Ms") ? TIMES : name.endsWith("Bytes") ? SIZES : [];
  const unit = units.find(([size]) => value >= size && value % size === 0);
  const smallest = name.endsWith("Ms") ? " ms" : name.endsWith("Bytes") ? " bytes" : "";
  if (unit === undefined) return `${value.toLocaleString("en-US")}${smallest}`;
  const [size, text] = unit;
  const amount = value / size;
  return `${amount.toLocaleString("en-US")} ${text}${text === "day" && amount !== 1 ? "s" : ""}`;
}
