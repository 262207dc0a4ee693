import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../child.ts";
import type { GraphOfArm } from "./graph-of-arm.ts";
import type { Arm, LoadCommand, LoadReport, PhaseOfLoad } from "./messages.ts";
import type { Phase } from "./phase.ts";
import type { Scenario, Stage } from "./scenario.ts";
import { type HeardOfArm, ScenarioWatch } from "./scenario-watch.ts";
import { ServiceProcess } from "./service-process.ts";

export interface ArmSettings {
  readonly arm: Arm;
  readonly scenario: Scenario;
  readonly timeScale: number;
  readonly runId: string;
  readonly folder: string;
  readonly graph: GraphOfArm;
  /** The control's last phase is as long as ours was. */
  readonly afterMs: number | undefined;
}

/** What one arm left behind, to be judged. */
export interface ArmEvidence {
  readonly phases: readonly PhaseOfLoad[];
  /** Orders in the graph when each phase began, and at last when the load was over. */
  readonly inGraphAt: Readonly<Record<Phase | "end", number>>;
  readonly acknowledgements: string;
  readonly lists: readonly (readonly number[])[];
  readonly heard: HeardOfArm;
  readonly restarts: number;
  readonly afterMs: number;
}

/** What the arm tells of itself while it runs. */
export interface ArmProgress {
  follow(arm: Arm, heard: () => HeardOfArm): void;
  show(phase: Phase | "starting" | "finishing", durationMs: number): void;
}

const MINUTE_MS = 60_000;
/** Shorter, there would be too few calls to say anything of. */
const SHORTEST_PHASE_MS = 2_000;
/** Everything must have been well for so long before it is called over. */
const WELL_FOR_MS = 500;

export const phaseMs = ({ minutes }: Scenario, phase: Phase, timeScale: number): number =>
  Math.max(SHORTEST_PHASE_MS, (minutes[phase] * MINUTE_MS) / timeScale);

/** One run of a scenario's load against one kind of service. */
export async function runArm(settings: ArmSettings, progress: ArmProgress, signal: AbortSignal): Promise<ArmEvidence> {
  const { arm, scenario, timeScale, runId, folder, graph } = settings;
  using stack = new DisposableStack();
  const watch = new ScenarioWatch(signal);
  progress.follow(arm, () => watch.heard);
  progress.show("starting", 0);
  const service = stack.use(
    new ServiceProcess(
      arm,
      scenario,
      {
        scenario: scenario.name,
        timeScale,
        dataDirectory: join(folder, "service"),
        graph: graph.settings,
        narrowness: scenario.graph,
        port: 0,
      },
      watch,
    ),
  );
  const port = await watch.until((heard) => heard.port);
  // A cold Neo4j may need longer for its first answers than a breaker waits: the story begins with everything in order.
  await watch.until(({ service: status }) => status?.isNormal === true);

  const acknowledgements = join(folder, "acknowledgements.jsonl");
  const load = stack.use(
    new Child<LoadCommand, LoadReport>(
      "load",
      new URL("load.ts", import.meta.url),
      (report) => watch.hearLoad(report),
      (error) => watch.fail(error),
    ),
  );
  load.tell({
    type: "start",
    settings: {
      port,
      file: acknowledgements,
      runId,
      withQuestions: scenario.withQuestions === true,
      resubmits: arm === "holdfast",
    },
  });
  await watch.until((heard) => heard.loadReady);

  const inGraph = async (): Promise<number> => (await graph.read()).reduce((sum, list) => sum + list.length, 0);
  const inGraphAt = { before: 0, during: 0, after: 0, end: 0 };
  const begin = async (phase: Phase): Promise<void> => {
    inGraphAt[phase] = phase === "before" ? 0 : await inGraph();
    load.tell({ type: "phase", phase, ratePerSecond: scenario.ratePerSecond[phase] });
    progress.show(phase, phaseMs(scenario, phase, timeScale));
  };
  const pause = (milliseconds: number): Promise<void> => sleep(milliseconds, undefined, { signal });

  await begin("before");
  await pause(phaseMs(scenario, "before", timeScale));
  await begin("during");
  await scenario.disturb(stageOf(settings, service, pause));
  await begin("after");
  const afterAtMs = performance.now();
  await pause(settings.afterMs ?? phaseMs(scenario, "after", timeScale));
  if (arm === "holdfast") await untilWell(watch, pause);
  inGraphAt.end = await inGraph();
  const afterMs = performance.now() - afterAtMs;

  progress.show("finishing", 0);
  load.tell({ type: "finish" });
  const phases = await watch.until((heard) => heard.finished);
  await service.retryDeadLetters();
  await watch.until(({ service: status }) => status?.unfinished === 0 && status.isNormal);
  await load.stop({ type: "stop" });
  await service.stop();
  const lists = await graph.read();
  return { phases, inGraphAt, acknowledgements, lists, heard: watch.heard, restarts: service.restarts, afterMs };
}

function stageOf(
  { scenario, timeScale, graph }: ArmSettings,
  service: ServiceProcess,
  pause: (milliseconds: number) => Promise<void>,
): Stage {
  const durationMs = phaseMs(scenario, "during", timeScale);
  return {
    durationMs,
    serviceMs: scenario.graph.serviceMs,
    trouble: async (trouble) => {
      if (!graph.begin(trouble)) await service.trouble(trouble);
    },
    wait: (share) => pause(durationMs * share),
    waitMs: pause,
  };
}

/** Nothing but `normal` in force, for a while. What is left of a backlog is waited for when the load is over. */
async function untilWell(watch: ScenarioWatch, pause: (milliseconds: number) => Promise<void>): Promise<void> {
  const isWell = ({ service }: HeardOfArm): boolean => service?.isNormal === true;
  do {
    await watch.until(isWell);
    await pause(WELL_FOR_MS);
  } while (!isWell(watch.heard));
}
