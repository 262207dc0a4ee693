import type { Mode, PartialRuntimeConfig } from "holdfast";
import type { Advantage } from "./advantage.ts";
import type { Goal } from "./goal.ts";
import type { Phase } from "./phase.ts";
import type { Trouble } from "./troubles.ts";

/** What a scenario can do to the service while it lasts. */
export interface Stage {
  /** Of the disturbance, as the time scale has it. */
  readonly durationMs: number;
  /** What one transaction of the undisturbed graph takes. */
  readonly serviceMs: number;
  trouble(trouble: Trouble): Promise<void>;
  /** A share of the disturbance's time, 0 to 1. */
  wait(share: number): Promise<void>;
  waitMs(milliseconds: number): Promise<void>;
}

/** One way in which a service gets into trouble. */
export interface Scenario {
  readonly name: string;
  /** What happens, in one sentence. */
  readonly story: string;
  /** What it shows, in one sentence. */
  readonly shows: string;
  /** Each must come into force, and be gone in the end. */
  readonly expectedModes: readonly Mode[];
  /** How long each part takes where time is not scaled, as in production. The last goes on until all is well. */
  readonly minutes: Readonly<Record<Phase, number>>;
  readonly ratePerSecond: Readonly<Record<Phase, number>>;
  /** What the graph can take. */
  readonly graph: { readonly slots: number; readonly serviceMs: number };
  /** Some of the load does not need the graph. */
  readonly withQuestions?: boolean;
  /** Of the service's process, in MiB. */
  readonly heapLimitMib?: number;
  /** What the team has set besides, since its service is not the one that the presets were made for. */
  readonly config?: Pick<PartialRuntimeConfig, "breaker" | "sensing">;
  /** Troubles the service, for as long as the disturbance lasts. All is mended when it returns. */
  disturb(stage: Stage): Promise<void>;
  /** In what its callers must fare better than without Holdfast, and why that is what counts. */
  readonly advantages: readonly Advantage[];
  /** Figures to reach that are printed, reached or not. */
  readonly goals?: readonly Goal[];
}
