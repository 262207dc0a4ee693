import type { AnyActorRef, AnyMachineSnapshot } from "xstate";
import type { Cause } from "../../../machines/contracts/cause.ts";
import type { Fall } from "../../../machines/facts.ts";
import type { ControlTime } from "../control-time.ts";
import { candidatesOf, type EdgeKind, edgeId, eventOf, stateIdOf } from "./edge.ts";
import { factsOf, type Facts } from "./facts-of-context.ts";
import { type GuardNow, guardNow } from "./guard-now.ts";
import { nameOf } from "./machine-definition.ts";

/** One actor of the control plane, as it is now. Times are wall times. */
export interface LiveActor {
  /** `breaker:graph`, `pin`; what transitions call `machine`. */
  readonly id: string;
  /** The id of its definition: `breaker`. */
  readonly machine: string;
  /** The ids of its active states, outermost first. Empty while it has fallen. */
  readonly state: readonly string[];
  readonly since: number;
  /** When the delay under way ends; absent where none is. */
  readonly deadline?: number;
  readonly cause: Cause;
  /** What it knows, as far as it is a number, a word or a moment. */
  readonly facts: Facts;
  /** Of an actor that lives only while another one needs it. */
  readonly invokedBy?: string;
  /** Falls since it last lived for a while. */
  readonly restarts: number;
  /** It has crashed and was not started again yet. */
  readonly fallen: boolean;
}

/** What may happen to an actor next. */
export interface PossibleEvent {
  readonly event: string;
  readonly kind: EdgeKind;
  /** In the order in which they are tried: the first whose guard holds is taken. */
  readonly edges: readonly {
    /** As in the definition. */
    readonly edge: string;
    readonly target: string | null;
    readonly guard?: string;
    readonly holds: GuardNow;
  }[];
  /** False where no guard holds, whatever the event says. */
  readonly possible: boolean;
}

export interface LiveActorWithEvents extends LiveActor {
  readonly events: readonly PossibleEvent[];
}

/** An actor that is to be shown: its reference, or none while it is down. */
export interface Shown {
  readonly id: string;
  readonly ref: AnyActorRef | undefined;
  readonly fall: Fall | undefined;
  readonly invokedBy?: string;
}

const NOBODY_KNOWS: Cause = { actor: "start", what: "it has not been started yet" };

export function liveActor({ id, ref, fall, invokedBy }: Shown, time: ControlTime): LiveActor {
  const snapshot = snapshotOf(ref);
  const isUp = snapshot?.status === "active";
  const context: Record<string, unknown> = isUp ? snapshot.context : {};
  return {
    id,
    machine: id.split(":")[0] ?? id,
    state: isUp ? activeStates(snapshot) : [],
    since: time.wall(isUp ? Number(context["since"]) : (fall?.at ?? time.now())),
    ...(isUp && hasDelay(snapshot) ? { deadline: time.wall(Number(context["deadline"])) } : {}),
    cause: isUp ? (snapshot.context.cause ?? NOBODY_KNOWS) : (fall?.cause ?? NOBODY_KNOWS),
    facts: factsOf(context, time),
    ...(invokedBy === undefined ? {} : { invokedBy }),
    restarts: fall?.falls ?? 0,
    fallen: !isUp && fall !== undefined,
  };
}

/** As `liveActor`, and what may happen to it. Nothing is sent. */
export const liveActorWithEvents = (shown: Shown, time: ControlTime): LiveActorWithEvents => ({
  ...liveActor(shown, time),
  events: eventsOf(snapshotOf(shown.ref)),
});

function eventsOf(snapshot: AnyMachineSnapshot | undefined): PossibleEvent[] {
  if (snapshot?.status !== "active") return [];
  // The innermost state is asked first, as XState does.
  return snapshot._nodes.toReversed().flatMap((node) =>
    candidatesOf(node).map(([type, candidates]): PossibleEvent => {
      const edges = candidates.map((candidate, index) => ({
        edge: edgeId(node, type, index),
        target: candidate.target?.[0] === undefined ? null : stateIdOf(candidate.target[0]),
        ...(candidate.guard === undefined ? {} : { guard: nameOf(candidate.guard) }),
        holds: guardNow(candidate, snapshot),
      }));
      return { ...eventOf(type, node), edges, possible: edges.some(({ holds }) => holds !== false) };
    }),
  );
}

/** The machines that an actor has invoked, with the names under which their transitions are told. */
export function invokedMachines({ id, ref }: { readonly id: string; readonly ref: AnyActorRef | undefined }): Shown[] {
  const children: Record<string, AnyActorRef> = snapshotOf(ref)?.children ?? {};
  return Object.values(children).flatMap((child) => {
    const snapshot = snapshotOf(child);
    return snapshot === undefined ? [] : [{ id: invokedName(snapshot), ref: child, fall: undefined, invokedBy: id }];
  });
}

/** `reconnect:graph`, `page:memory_exhaustion`, `memory_relief`. */
function invokedName({ machine, context }: AnyMachineSnapshot): string {
  const { dependency, subject } = context.given;
  const about: unknown = dependency ?? subject;
  return typeof about === "string" ? `${machine.id}:${about}` : machine.id;
}

/** Undefined for what is no machine: a promise, a callback. */
function snapshotOf(ref: AnyActorRef | undefined): AnyMachineSnapshot | undefined {
  const snapshot: AnyMachineSnapshot | undefined = ref?.getSnapshot();
  return snapshot !== undefined && "machine" in snapshot ? snapshot : undefined;
}

/** The machine's own node is left out. */
const activeStates = ({ _nodes }: AnyMachineSnapshot): string[] =>
  _nodes.filter(({ path }) => path.length > 0).map(stateIdOf);

const hasDelay = ({ _nodes, context }: AnyMachineSnapshot): boolean =>
  typeof context.deadline === "number" && _nodes.some(({ after }) => after.length > 0);
