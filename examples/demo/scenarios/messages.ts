import type { Priority } from "holdfast";
import type { GraphSettings, ModeTransition } from "../messages.ts";
import type { CallFigures } from "./call-figures.ts";
import type { Narrowness } from "./narrow-graph.ts";
import type { Phase } from "./phase.ts";
import type { Trouble } from "./troubles.ts";

/** What the director, a scenario's service and its load tell each other. Times are wall times of one machine. */

/** With Holdfast, and without. */
export type Arm = "holdfast" | "control";

export interface ServiceSettings {
  readonly scenario: string;
  readonly timeScale: number;
  readonly dataDirectory: string;
  readonly graph: GraphSettings;
  readonly narrowness: Narrowness;
  /** 0: any free one. A service that is started again takes its old one. */
  readonly port: number;
}

export type ServiceCommand =
  | { readonly type: "start"; readonly settings: ServiceSettings }
  | { readonly type: "trouble"; readonly trouble: Trouble }
  /** What a person does with dead letters when the trouble is over: retries them, each in its place. */
  | { readonly type: "retry_dead_letters" }
  | { readonly type: "stop" };

export interface ServiceStatus {
  readonly at: number;
  /** `normal`, or `local_queue (draining)`; the most severe first. Of a service without Holdfast: empty. */
  readonly modes: string;
  /** True when nothing but `normal` is in force. */
  readonly isNormal: boolean;
  /** Orders that have not come to their end, dead letters and what waits behind them included. */
  readonly unfinished: number;
  readonly heapShare: number;
  /** Calls that the graph may have at a time, as it stands now; 0 where nobody limits them. */
  readonly limit: number;
}

export type ServiceReport =
  | { readonly type: "ready"; readonly port: number }
  | { readonly type: "status"; readonly status: ServiceStatus }
  | { readonly type: "mode"; readonly transition: ModeTransition }
  | { readonly type: "breaker"; readonly to: string; readonly at: number }
  | { readonly type: "trouble_begun"; readonly kind: Trouble["kind"] }
  | { readonly type: "page"; readonly subject: string; readonly what: string }
  | { readonly type: "dead_letters_retried"; readonly count: number }
  | { readonly type: "failed"; readonly message: string };

export interface LoadSettings {
  readonly port: number;
  /** Where acknowledgements are appended; made by the load. */
  readonly file: string;
  readonly runId: string;
  /** Some of the load needs no graph. */
  readonly withQuestions: boolean;
  /** Who gets no answer asks again under the same key: only where a key means something. */
  readonly resubmits: boolean;
}

export type LoadCommand =
  | { readonly type: "start"; readonly settings: LoadSettings }
  /** What is due from now on belongs to this phase. */
  | { readonly type: "phase"; readonly phase: Phase; readonly ratePerSecond: number }
  /** Nothing more is offered; what is under way is waited for. */
  | { readonly type: "finish" }
  | { readonly type: "stop" };

export interface LoadStatus {
  readonly offered: number;
  readonly answered: number;
  readonly completed: number;
  readonly queued: number;
  readonly refused: number;
  readonly failed: number;
}

/** What the callers of one phase saw. */
export interface PhaseOfLoad {
  readonly phase: Phase;
  /** Orders from `first` up to, not including, `end`. */
  readonly first: number;
  readonly end: number;
  readonly seconds: number;
  readonly byPriority: Readonly<Record<Priority, CallFigures>>;
  readonly all: CallFigures;
}

export type LoadReport =
  | { readonly type: "ready" }
  | { readonly type: "status"; readonly status: LoadStatus }
  | { readonly type: "finished"; readonly phases: readonly PhaseOfLoad[] }
  | { readonly type: "failed"; readonly message: string };
