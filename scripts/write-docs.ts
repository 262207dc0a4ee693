/**
 * Fills the generated parts of the pages in docs/: diagrams of machines, tables of settings, commands and procedures.
 * Each stands between two comments, of which the first says what it is: `generated: diagram breaker`.
 *
 *     npm run docs                  writes them
 *     npm run docs -- --check       exits 1 when one of them is stale
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { registry } from "../machines/index.ts";
import { diagramOf } from "./machine-diagram.ts";
import { limitsTable, settingsTable, triggersTable } from "./settings-table.ts";
import { exitCodesTable, restTable, rolesTable, verbsTable } from "./surface-tables.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

const PARTS: Readonly<Record<string, (words: readonly string[]) => string>> = {
  diagram: ([name]) => {
    const found = registry.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no machine ${name}`);
    return diagramOf(found.machine);
  },
  settings: settingsTable,
  triggers: triggersTable,
  limits: limitsTable,
  verbs: verbsTable,
  "exit-codes": exitCodesTable,
  rest: restTable,
  roles: rolesTable,
};

const GENERATED = /(<!-- generated: ([\w-]+)([^\n]*?) -->\n)[\s\S]*?(<!-- end -->)/g;

const filled = (text: string): string =>
  text.replaceAll(GENERATED, (_, begin: string, part: string, words: string, end: string) => {
    const make = PARTS[part];
    if (make === undefined) throw new Error(`there is no part ${part}; there are: ${Object.keys(PARTS).join(", ")}`);
    return `${begin}\n${make(words.split(" ").filter(Boolean))}\n\n${end}`;
  });

for (const page of globSync("docs/**/*.md", { cwd: root }).toSorted()) {
  const text = readFileSync(`${root}${page}`, "utf8");
  const fresh = filled(text);
  if (fresh === text) continue;
  if (process.argv.includes("--check")) {
    console.error(`${page} is stale: run  npm run docs`);
    process.exitCode = 1;
  } else {
    writeFileSync(`${root}${page}`, fresh);
    console.log(`wrote ${page}`);
  }
}
