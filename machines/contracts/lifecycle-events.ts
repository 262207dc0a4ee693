import type { Said } from "./said.ts";

/**
 * To a machine that was restored: enter your state anew and tell everything you hold, since a restored machine has
 * neither timers nor invoked actors, and nobody has heard of it yet.
 */
export interface Resume extends Said {
  readonly type: "resume";
  /** How long nobody observed. Dwell deadlines move by it; breaks, pins and expiries do not. */
  readonly lostMs: number;
}

/** To root: everyone has been resumed; begin to act. */
export interface ControlReady extends Said {
  readonly type: "control.ready";
}

/** To root: the runtime stops. */
export interface ControlStop extends Said {
  readonly type: "control.stop";
}

/** A supervised actor threw and is down; it will be started again. */
export interface ActorFallen extends Said {
  readonly type: "actor.fallen";
  readonly id: string;
  /** Falls in a row, each soon after a start. */
  readonly falls: number;
  /** More falls than the limit: a person was called. It is tried again all the same. */
  readonly givenUp: boolean;
}

/** A fresh actor took the place of a fallen one and needs to be told what it hears. */
export interface ActorStarted extends Said {
  readonly type: "actor.started";
  readonly id: string;
}

/** It has lived long enough since: its falls are forgotten. */
export interface ActorSettled extends Said {
  readonly type: "actor.settled";
  readonly id: string;
}
