import type { ControlPlane } from "./control/control-plane.ts";
import type { LiveActor, LiveActorWithEvents } from "./control/inspect/live-actor.ts";
import { type MachineDefinition, machineDefinitions } from "./control/inspect/machine-definition.ts";
import type {
  PastMoment,
  TimeTravel,
  TransitionBounds,
  TransitionPage,
  TransitionQuestion,
} from "./degradation/time-travel.ts";

/** The state machines: what they are, how they stand, and how they stood. Looking changes nothing. */
export class Machines {
  readonly #control: Pick<ControlPlane, "liveActors" | "liveActor">;
  readonly #past: TimeTravel;

  constructor(control: Pick<ControlPlane, "liveActors" | "liveActor">, past: TimeTravel) {
    this.#control = control;
    this.#past = past;
  }

  /** Every statechart: states, edges, guards and actions by name, as they are drawn. Always the same. */
  get definitions(): readonly MachineDefinition[] {
    return machineDefinitions;
  }

  /** Everybody who lives, or has fallen. Empty before the start and after the stop. */
  actors(): readonly LiveActor[] {
    return this.#control.liveActors();
  }

  /** One actor, which events are possible now, and what each guard says to them; undefined for an unknown id. */
  actor(id: string): LiveActorWithEvents | undefined {
    return this.#control.liveActor(id);
  }

  /** Stored transitions by time, in pages: pass `next` as `after`, or any row's `place` to turn round there. */
  transitions(question: TransitionQuestion = {}): Promise<TransitionPage> {
    return this.#past.transitions(question);
  }

  /** The whole control plane as it was at a moment: each actor by its last transition before it. */
  at(moment: { readonly at: number } | { readonly place: string }): Promise<PastMoment> {
    return this.#past.at(moment);
  }

  /** When the first and the last transition were, and how many fall into each of so many spans between. */
  bounds(
    span: { readonly from?: number; readonly to?: number; readonly buckets?: number } = {},
  ): Promise<TransitionBounds | null> {
    return this.#past.bounds(span);
  }
}
