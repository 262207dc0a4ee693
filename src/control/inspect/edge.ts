import type { AnyMachineSnapshot, AnyStateMachine, AnyTransitionDefinition } from "xstate";

type StateNode = AnyStateMachine["root"];

/** What sets an edge off: an event, the end of a delay, the state itself, an invoked actor that ended or failed. */
export type EdgeKind = "event" | "after" | "always" | "done" | "error";

/** Where an edge begins that can be taken in any state: the machine itself. */
export const ANY_STATE = "*";

/** `misconfigured.waiting`; the machine itself is `*`. */
export const stateIdOf = ({ path }: Pick<StateNode, "path">): string =>
  path.length === 0 ? ANY_STATE : path.join(".");

/** XState's own event types carry ids of states and actors; what they are about is told by kind and name. */
export function eventOf(type: string, source: StateNode): { readonly kind: EdgeKind; readonly event: string } {
  if (type === "") return { kind: "always", event: "" };
  const delay = /^xstate\.after\.(\w+)\./.exec(type)?.[1];
  if (delay !== undefined) return { kind: "after", event: delay };
  const [, kind, actor] = /^xstate\.(done|error)\.actor\.(.+)$/s.exec(type) ?? [];
  if (kind === undefined || actor === undefined) return { kind: "event", event: type };
  const invoked = source.invoke.find(({ id }) => id === actor);
  const name = typeof invoked?.src === "string" ? invoked.src : actor;
  return { kind: kind === "done" ? "done" : "error", event: name };
}

/** `closed#calls.failed#1`: the second candidate for that event in that state. It stays while the machine is not changed. */
export const edgeId = (source: StateNode, type: string, index: number): string => {
  const { kind, event } = eventOf(type, source);
  return `${stateIdOf(source)}#${kind === "event" ? event : `${kind}${event === "" ? "" : `.${event}`}`}#${index}`;
};

/** The candidates of a state for each event, in the order in which they are tried. */
export const candidatesOf = (node: StateNode): readonly (readonly [string, readonly AnyTransitionDefinition[]])[] => [
  ...node.transitions.entries(),
  ...(node.always === undefined || node.always.length === 0 ? [] : [["", node.always] as const]),
];

/**
 * The edge that a machine takes from a snapshot with an event; undefined when it takes none. Guards are pure, so asking
 * once more changes nothing; and what is only shown must not bring down what works.
 */
export function edgeTaken(before: AnyMachineSnapshot, event: { readonly type: string }): string | undefined {
  try {
    const machine: AnyStateMachine = before.machine;
    const [taken] = machine.getTransitionData(before, event);
    if (taken === undefined) return undefined;
    const { source, eventType } = taken;
    const index = source.transitions.get(eventType)?.indexOf(taken) ?? -1;
    return index < 0 ? undefined : edgeId(source, eventType, index);
  } catch {
    return undefined;
  }
}
