import type { Condition } from "./conditions.ts";
import type { Said } from "./said.ts";

export const DRAIN_STATES = ["filling", "marking", "draining", "verifying", "empty", "disputed"] as const;

export type DrainState = (typeof DRAIN_STATES)[number];

/** A verification that failed, until a person accepts it. */
export interface Dispute {
  readonly at: number;
  readonly watermark: number;
  readonly detail: string;
}

/** What stays behind a finished drain: reported, not waited for. */
export interface Remainder {
  readonly held: number;
  readonly dead: number;
  readonly parked: number;
}

/** The backlog of one dependency, told whenever the drain enters a state. */
export interface DrainChanged extends Said {
  readonly type: "drain.changed";
  readonly dependency: string;
  readonly state: DrainState;
  readonly since: number;
  /** The highest number accepted when the breaker closed; null before it is known. */
  readonly watermark: number | null;
  /** Rows up to the watermark that waited when it was read. */
  readonly open: number | null;
  readonly remainder: Remainder | null;
  readonly dispute: Dispute | null;
}

/** A person takes the responsibility for a drain whose verification failed. */
export interface DrainAccepted extends Said {
  readonly type: "drain.accept";
}

/** What reading the watermark found. */
export interface WatermarkRead {
  readonly at: number;
  readonly watermark: number;
  readonly open: number;
  /** For the verification, which alone can read it. */
  readonly proof: string;
}

/** Nothing up to the watermark waits any more. */
export interface BacklogEmptied {
  readonly at: number;
  readonly remainder: Remainder;
}

/** How an action ended. A failed action is a value: the actors that act never reject. */
export interface ActionOutcome {
  readonly at: number;
  readonly ok: boolean;
  readonly detail: string;
}

/** The remedies there are, each a machine of its own. */
export const REMEDIES = ["ask_for_probe", "reconnect", "relieve_memory", "restart_worker"] as const;

export type RemedyName = (typeof REMEDIES)[number];

/**
 * What became of a remedy. `verifying`: it says it helped, and nobody believes it yet. `helped`: the condition went
 * after it. `failed`: it says so, or the condition stayed, or it crashed. `overtaken`: the condition went, or a person
 * stepped in, before it was through.
 */
export const REMEDY_RESULTS = ["at_work", "verifying", "helped", "failed", "overtaken"] as const;

export type RemedyResult = (typeof REMEDY_RESULTS)[number];

export interface RemedyTried {
  readonly remedy: RemedyName;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly result: RemedyResult;
  readonly detail: string;
}

/** Where an incident stands, told whenever it enters a state. */
export interface IncidentChanged extends Said {
  readonly type: "incident.changed";
  readonly condition: Condition;
  readonly step: string;
  readonly since: number;
  /** Remedies that did not help since the condition was last away. */
  readonly attempts: number;
  /** The remedy at work, or the one whose turn is next; null when none is left. */
  readonly rung: RemedyName | null;
  /** The last remedies, oldest first; also of earlier times. */
  readonly remedies: readonly RemedyTried[];
}

/** A person is needed. `subject` is the id of the actor that calls. */
export interface PageWanted extends Said {
  readonly type: "page.wanted";
  readonly subject: string;
}

/** A person has taken over. */
export interface PageAcknowledged extends Said {
  readonly type: "page.acknowledge";
}
