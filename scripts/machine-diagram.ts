import type { AnyStateMachine } from "xstate";

/* A machine as a Mermaid diagram: its states, and on each arrow what takes it. */

type AnyNode = AnyStateMachine["root"];

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

export const pathOf = ({ path }: AnyNode): string => path.join(".");

export const descendants = (node: AnyNode): AnyNode[] =>
  Object.values(node.states).flatMap((child) => [child, ...descendants(child)]);

/** A compound state is entered through its first one. */
const entered = (node: AnyNode): AnyNode => {
  const [first] = node.initial?.target ?? [];
  return first === undefined ? node : entered(first);
};

const guardOf = (guard: unknown): string => {
  if (typeof guard === "string") return ` [${words(guard)}]`;
  return typeof guard === "object" && guard !== null && "type" in guard ? ` [${words(String(guard.type))}]` : "";
};

const words = (camelCase: string): string => camelCase.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** XState's own events in words. */
const eventOf = (type: string, node: AnyNode): string => {
  if (type === "") return "at once";
  const after = /^xstate\.after\.(\w+)\./.exec(type)?.[1];
  if (after !== undefined) return `after ${words(after).replace("until deadline", "its time")}`;
  const done = node.invoke.find(({ id }) => type === `xstate.done.actor.${id}`);
  if (done !== undefined) return `${words(typeof done.src === "string" ? done.src : done.id)} done`;
  if (type.startsWith("xstate.done.actor.")) return "a child ended";
  if (type.startsWith("xstate.error.actor.")) return "a child could not be born";
  return type;
};

/** Where each event leads. `resume` enters every state anew, and is left out. */
export function edgesOf(node: AnyNode): Edge[] {
  return [...node.transitions.values(), node.always ?? []].flat().flatMap(({ eventType, guard, target: targets }) => {
    const to = targets?.[0];
    if (eventType === "resume" || to === undefined) return [];
    return [{ from: pathOf(node), to: pathOf(entered(to)), label: `${eventOf(eventType, node)}${guardOf(guard)}` }];
  });
}

/** Edges between the same two states share an arrow. */
export const together = (edges: readonly Edge[]): Edge[] =>
  [...Map.groupBy(edges, ({ from, to }) => `${from}>${to}`).values()].map((group) => ({
    ...group[0]!,
    label: [...new Set(group.map(({ label }) => label))].join(", "),
  }));

const idOf = (path: string): string => path.replaceAll(".", "__");

/** The diagram, fenced. */
export function diagramOf(machine: AnyStateMachine): string {
  const draw = (node: AnyNode, indent: string): string[] => {
    const [first] = node.initial?.target ?? [];
    const start = first === undefined ? [] : [`${indent}[*] --> ${idOf(pathOf(first))}`];
    const inside = Object.values(node.states).flatMap((child) => {
      const id = idOf(pathOf(child));
      if (Object.keys(child.states).length > 0)
        return [`${indent}state ${id} {`, ...draw(child, `${indent}  `), `${indent}}`];
      const named = id === child.key ? [] : [`${indent}state "${child.key}" as ${id}`];
      return child.type === "final" ? [...named, `${indent}${id} --> [*]`] : named;
    });
    return [...start, ...inside];
  };
  const edges = together([machine.root, ...descendants(machine.root)].flatMap(edgesOf))
    .filter(({ from }) => from !== "")
    .map(({ from, to, label }) => `  ${idOf(from)} --> ${idOf(to)}: ${label.replaceAll(":", " ")}`);
  return ["```mermaid", "stateDiagram-v2", ...draw(machine.root, "  "), ...edges, "```"].join("\n");
}
