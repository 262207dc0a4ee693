import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { Cause } from "../../machines/contracts/cause.ts";
import type { RemedyTried } from "../../machines/contracts/recovery-events.ts";
import type { BreakerSettings, RuntimeConfig } from "../../config/types.ts";
import type { ActionResult, CallsFailed, ProbeResult } from "../dependencies/health.ts";
import type { Relief } from "../memory-pressure.ts";
import type { MachineRecord, TransitionRow } from "../queue/journal.ts";
import type { Clock, Logger, Random } from "../ports.ts";
import type { Pin } from "../../machines/contracts/pin-events.ts";
import type { ControlDoors, TriggerStatus } from "./control-doors.ts";
import type { LiveActor, LiveActorWithEvents } from "./inspect/live-actor.ts";

/** The control plane as the rest of the runtime sees it: a policy to read, and a few things to tell. */
export interface ControlPlane extends ControlDoors {
  /** The policy in force. One property read; the object never changes, only the reference does. */
  readonly policy: AdmissionPolicy;
  /** Restores the machines from `records`, resumes them and begins to act. */
  start(records: readonly MachineRecord[], lostMs: number): void;
  /** Stops every actor; nothing is told or scheduled after it. */
  stop(): void;
  /**
   * The data plane counted more failures than a breaker tolerates. The breaker opens within this call, so that
   * `policy` queues when it returns. False when the breaker's actor is down: said again when it has started.
   */
  callsFailed(report: CallsFailed): boolean;
  /** A person, or a changed credential, asks for a probe now. False when the breaker's actor is down. */
  requestProbe(dependency: string, cause: Cause): boolean;
  /** A person accepts a drain whose verification failed. */
  acceptDrain(dependency: string, cause: Cause): boolean;
  status(): ControlStatus;
  /** Everybody who lives, or has fallen: what a debugger shows. */
  liveActors(): readonly LiveActor[];
  /** One of them, and what may happen to it next; undefined for an unknown id. Sends nothing. */
  liveActor(id: string): LiveActorWithEvents | undefined;
  /** Called with every published policy, synchronously. */
  onPolicy(listener: (policy: AdmissionPolicy) => void): () => void;
  onTransition(listener: (transition: TransitionRow) => void): () => void;
  /** Called when a person is needed: an actor that keeps falling, a drain in dispute, an incident out of remedies. */
  onPage(
    listener: (page: { readonly at: number; readonly subject: string; readonly cause: Cause }) => void,
  ): () => void;
}

/** What the control plane acts through. Nothing here rejects by design: a failed action resolves with its failure. */
export interface ControlPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly config: RuntimeConfig;
  readonly dependencies: readonly ControlledDependency[];
  /** Runs what the embedding service registered for want of memory. Without it there is nothing to relieve. */
  readonly relieveMemory?: (() => Promise<Relief>) | undefined;
  /** Share of the memory in use, 0 to 1; null when it cannot be measured, as without this. */
  readonly measureMemory?: (() => Promise<number | null>) | undefined;
  /** Stops what is left of the storage thread and starts a new one. Without it, it cannot be restarted. */
  readonly restartWorker?: (() => Promise<ActionResult>) | undefined;
  /** Has the new storage thread do what the old one did. */
  readonly verifyWorker?: (() => Promise<ActionResult>) | undefined;
  /** Stores a transition and a record; both ride in the next commit. */
  recordTransition(transition: TransitionRow): void;
  saveRecord(record: MachineRecord): void;
}

export interface ControlledDependency {
  readonly name: string;
  readonly breaker: BreakerSettings;
  probe(): Promise<ProbeResult>;
  /** Throws connections away and builds them anew. */
  reconnect(): Promise<ActionResult>;
  /**
   * The highest number accepted so far, and how many rows up to it wait on this dependency. `proof` is for
   * `verifyDrain` and nobody else: the drain keeps it, over restarts too, and gives it back.
   */
  readWatermark(): Promise<{ readonly watermark: number; readonly open: number; readonly proof: string }>;
  /** Resolves when no row up to the watermark is ready, running, closing or scheduled any more; `signal` gives up. */
  emptied(watermark: number, signal: AbortSignal): Promise<DrainRemainder>;
  /** Compares what ended with what was counted and reads a sample of receipts back. */
  verifyDrain(marked: {
    readonly watermark: number;
    readonly open: number;
    readonly markedAt: number;
    readonly proof: string;
  }): Promise<ActionResult>;
}

/** What stays behind a finished drain: reported, not waited for. */
export interface DrainRemainder {
  readonly held: number;
  readonly dead: number;
  readonly parked: number;
}

export interface ControlStatus {
  readonly policy: AdmissionPolicy;
  readonly breakers: readonly BreakerStatus[];
  readonly triggers: readonly TriggerStatus[];
  /** The pin that is held; `policy.modes` names its mode alone, `policy.yielded` what would be in force without it. */
  readonly pin?: Pin;
  /** Of the pin's machine; `expiring` shortly before its end. */
  readonly pinState: "free" | "held" | "expiring";
  readonly drains: readonly {
    readonly dependency: string;
    readonly state: string;
    readonly since: number;
    readonly watermark?: number;
    readonly open?: number;
  }[];
  readonly incidents: readonly {
    readonly condition: string;
    readonly dependency?: string;
    readonly state: string;
    readonly since: number;
    /** Remedies that did not help since the condition was last away. */
    readonly attempts: number;
    /** The remedy at work, or the one whose turn is next; none when none is left. */
    readonly rung?: string;
    /** Every remedy for this condition, in order; after the last a person is called. None: no remedy can help. */
    readonly ladder: readonly string[];
    /** The last remedies, oldest first, also of earlier times. */
    readonly remedies: readonly RemedyTried[];
    readonly cause: Cause;
  }[];
  /** Null before the start. */
  readonly autoRecovery: { readonly enabled: boolean; readonly since: number; readonly cause: Cause } | null;
  readonly actors: readonly {
    readonly id: string;
    readonly state: string;
    readonly falls: number;
    readonly givenUp: boolean;
  }[];
}

export interface BreakerStatus {
  readonly dependency: string;
  readonly state: string;
  readonly since: number;
  readonly generation: number;
  readonly probesFailed: number;
  readonly nextProbeAt?: number;
  readonly cause: Cause;
  readonly lastFailure?: { readonly code: string; readonly message: string; readonly at: number };
}
