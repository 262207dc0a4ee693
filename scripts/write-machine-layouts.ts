/**
 * Writes src/surface/console/machines/layouts.generated.json from the registry: where the console draws what.
 *
 *     node scripts/run.mjs scripts/write-machine-layouts.ts            writes it
 *     node scripts/run.mjs scripts/write-machine-layouts.ts --check    exits 1 when it is stale
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { machineDefinitions } from "../src/control/inspect/machine-definition.ts";
import type { MachineLayout } from "../src/surface/console/machines/machine-layout.ts";
import { layOutMachine } from "./lay-out-machine.ts";

const target = new URL("../src/surface/console/machines/layouts.generated.json", import.meta.url);

/** A line per state, dot and arrow: a change of one machine is a small difference. */
const lines = (items: readonly unknown[]): string => items.map((item) => `\n    ${JSON.stringify(item)}`).join(",");

const textOf = ({ name, width, height, states, starts, arrows }: MachineLayout): string =>
  `{"name":${JSON.stringify(name)},"width":${width},"height":${height},
  "states":[${lines(states)}],
  "starts":[${lines(starts)}],
  "arrows":[${lines(arrows)}]}`;

const layouts: MachineLayout[] = [];
for (const definition of machineDefinitions) layouts.push(await layOutMachine(definition));
const written = `[\n${layouts.map(textOf).join(",\n")}\n]\n`;

if (process.argv.includes("--check")) {
  let committed = "";
  try {
    committed = readFileSync(target, "utf8");
  } catch {
    // It was never written: stale.
  }
  if (committed !== written) {
    console.error("the layouts of the machines are stale: run  npm run diagrams");
    process.exit(1);
  }
} else {
  writeFileSync(target, written);
  console.log(`wrote ${fileURLToPath(target)}`);
}
