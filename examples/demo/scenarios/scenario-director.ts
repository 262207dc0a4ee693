import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { neo4jBehindProxy } from "../neo4j-under-test.ts";
import { graphOfArm } from "./graph-of-arm.ts";
import { judge } from "./judge.ts";
import type { Arm } from "./messages.ts";
import type { ScenarioResult } from "./report.ts";
import { type ArmEvidence, type ArmProgress, runArm } from "./run-arm.ts";
import type { Scenario } from "./scenario.ts";

export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly timeScale: number;
  readonly control: boolean;
  readonly neo4j: boolean;
  readonly keep: boolean;
}

/** Runs a scenario with Holdfast and, where it was asked for, without. Whatever was started and made is gone afterwards. */
export async function directScenario(
  { scenario, timeScale, control, neo4j: onNeo4j, keep }: ScenarioRun,
  progress: ArmProgress,
  signal: AbortSignal,
): Promise<ScenarioResult> {
  const runIds = { holdfast: runId(), control: runId() };
  await using cleanup = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "holdfast-scenario-"));
  const removeFolder = (): void => (keep ? undefined : rmSync(folder, { recursive: true, force: true }));
  // For the exits that run no more promises: a second Ctrl-C.
  process.once("exit", removeFolder);
  cleanup.defer(() => {
    removeFolder();
    process.off("exit", removeFolder);
  });
  if (keep) process.stderr.write(`The folder ${folder} is kept.\n`);
  const neo4j = onNeo4j ? await neo4jBehindProxy(Object.values(runIds), signal, cleanup) : undefined;

  const run = (arm: Arm, afterMs: number | undefined): Promise<ArmEvidence> => {
    const folderOfArm = join(folder, arm);
    mkdirSync(folderOfArm);
    const graph = graphOfArm(runIds[arm], folderOfArm, neo4j);
    return runArm(
      { arm, scenario, timeScale, runId: runIds[arm], folder: folderOfArm, graph, afterMs },
      progress,
      signal,
    );
  };
  const ours = await run("holdfast", undefined);
  const without = control ? await run("control", ours.afterMs) : undefined;
  return judge(scenario, timeScale, ours, without);
}

const runId = (): string => `demo-${randomBytes(4).toString("hex")}`;
