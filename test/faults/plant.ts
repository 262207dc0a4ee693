import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FAULTS } from "./catalog.ts";
import type { Fault } from "./fault.ts";

/** Names the planted fault to the test runner and to every process and thread that its tests start. */
export const FAULT_VARIABLE = "HOLDFAST_PLANTED_FAULT";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Plant {
  /** Absolute path of the product's module. */
  readonly target: string;
  /** Absolute path of the module that stands in its place. It alone gets the real one. */
  readonly stand: string;
}

export function plantOf({ fault, wraps }: Pick<Fault, "fault" | "wraps">): Plant {
  const plant = { target: `${ROOT}${wraps}`, stand: `${ROOT}test/faults/planted/${fault}.ts` };
  for (const path of [plant.target, plant.stand]) if (!existsSync(path)) throw new Error(`there is no ${path}`);
  return plant;
}

/** The fault that this process was started with. */
export function plantOfEnvironment(): Plant | undefined {
  const name = process.env[FAULT_VARIABLE];
  if (name === undefined) return undefined;
  const fault = FAULTS.find((each) => each.fault === name);
  if (fault === undefined) throw new Error(`there is no planted fault ${JSON.stringify(name)}`);
  return plantOf(fault);
}
