import type { AnyStateMachine } from "xstate";
import { registry, type RegisteredMachine } from "../../../machines/index.ts";
import { prose } from "../../../machines/prose.ts";
import { candidatesOf, type EdgeKind, edgeId, eventOf, stateIdOf } from "./edge.ts";

type StateNode = AnyStateMachine["root"];

/** One statechart, as it is drawn. */
export interface MachineDefinition {
  /** Its name in the registry: `breaker`. The actors of it are called `breaker:graph`, or as the machine. */
  readonly id: string;
  readonly title: string;
  /** How many there are, in words. */
  readonly howMany: string;
  /** What its file says of it, paragraphs apart. */
  readonly prose: string;
  readonly states: readonly MachineState[];
  readonly edges: readonly MachineEdge[];
}

export interface MachineState {
  /** `misconfigured.waiting`: its path. */
  readonly id: string;
  /** Absent for an outermost one. */
  readonly parent?: string;
  readonly type: "atomic" | "compound" | "parallel" | "final" | "history";
  /** Where its parent, or the machine, begins. */
  readonly initial: boolean;
  readonly final: boolean;
  readonly description?: string;
  readonly tags: readonly string[];
  /** Names of the actors that run while it is active. */
  readonly invokes: readonly string[];
}

export interface MachineEdge {
  /** `source#event#i`. The same in `machines.watch`, and over restarts. */
  readonly id: string;
  /** `*`: any state. */
  readonly source: string;
  /** The state that is entered, not yet its first one. Null: none is left, only actions run. */
  readonly target: string | null;
  /** For `event` its type, for `after` the delay's name, for `done` and `error` the actor's; empty for `always`. */
  readonly event: string;
  readonly kind: EdgeKind;
  readonly guard?: string;
  readonly actions: readonly string[];
  /** A state is left and entered again. */
  readonly reenters: boolean;
  readonly description?: string;
}

function definitionOf({ name, machine, howMany }: RegisteredMachine): MachineDefinition {
  return {
    id: name,
    title: name.replaceAll("_", " "),
    howMany,
    prose: prose[name] ?? "",
    states: descendants(machine.root).map(stateOf),
    edges: [machine.root, ...descendants(machine.root)].flatMap(edgesOf),
  };
}

const descendants = (node: StateNode): StateNode[] =>
  Object.values(node.states).flatMap((child: StateNode) => [child, ...descendants(child)]);

function stateOf(node: StateNode): MachineState {
  const { parent, description } = node;
  const [first] = parent?.initial?.target ?? [];
  return {
    id: stateIdOf(node),
    ...(parent === undefined || parent.path.length === 0 ? {} : { parent: stateIdOf(parent) }),
    type: node.type,
    initial: first === node,
    final: node.type === "final",
    ...(description === undefined ? {} : { description }),
    tags: node.tags,
    invokes: node.invoke.map(({ src, id }) => (typeof src === "string" ? src : id)),
  };
}

const edgesOf = (node: StateNode): MachineEdge[] =>
  candidatesOf(node).flatMap(([type, candidates]) =>
    candidates.map(({ target, guard, actions, reenter, description }, index) => ({
      id: edgeId(node, type, index),
      source: stateIdOf(node),
      target: target?.[0] === undefined ? null : stateIdOf(target[0]),
      ...eventOf(type, node),
      ...(guard === undefined ? {} : { guard: nameOf(guard) }),
      actions: actions.map(nameOf),
      reenters: reenter,
      ...(description === undefined ? {} : { description }),
    })),
  );

/** Of a guard or an action. None of ours is inline; XState's own, as `xstate.assign`, have a type too. */
export function nameOf(part: unknown): string {
  if (typeof part === "string") return part;
  return (typeof part === "object" || typeof part === "function") && part !== null && "type" in part
    ? String(part.type)
    : "unnamed";
}

/** Every statechart there is. Made once: machines do not change while a process lives. */
export const machineDefinitions: readonly MachineDefinition[] = registry.map(definitionOf);
