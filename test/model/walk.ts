import {
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  getInitialMicrosteps,
  getMicrosteps,
} from "xstate";

/*
 * Walks every state that a machine can reach, by XState's pure transition function: nothing is spawned, called or
 * timed. (`createTestModel` refuses machines with `after` or `invoke`, which is most of them, and `getAdjacencyMap`
 * those that spawn with a systemId.)
 */

export interface Walked {
  readonly before: AnyMachineSnapshot;
  readonly event: AnyEventObject;
  readonly after: AnyMachineSnapshot;
}

export interface WalkPlan {
  /** What it is born with; each is a start of the walk. */
  readonly inputs: readonly object[];
  /** As what it may be restored by a process that was given something else; more starts of the walk. */
  readonly restored?: readonly { readonly value: string; readonly context: object }[];
  /** What may be told to it in any state. */
  readonly events: readonly AnyEventObject[] | ((snapshot: AnyMachineSnapshot) => readonly AnyEventObject[]);
  /** What each invoked actor may resolve to, by its `src`. */
  readonly outputs?: Readonly<Record<string, readonly unknown[]>>;
  /** The part of the context that decides: two snapshots that agree on it, and on their state, are one. */
  readonly see: (snapshot: AnyMachineSnapshot) => unknown;
}

export interface Walk {
  readonly states: ReadonlyMap<string, AnyMachineSnapshot>;
  readonly edges: readonly Walked[];
  /** Names of states, `parent.child`, that were rested in. */
  readonly reached: ReadonlySet<string>;
  /** Declared transitions that no step took, as `state on event [guard]`. */
  readonly untaken: readonly string[];
}

type AnyNode = AnyStateMachine["root"];

export const nodesOf = (node: AnyNode): AnyNode[] => [node, ...Object.values(node.states).flatMap(nodesOf)];

export const leavesOf = (machine: AnyStateMachine): string[] =>
  nodesOf(machine.root)
    .filter(({ type, parent, always }) => {
      // What is left at once is not rested in.
      const passedThrough = always !== undefined && always.length > 0;
      return parent !== undefined && !passedThrough && (type === "atomic" || type === "final");
    })
    .map(({ path }) => path.join("."));

const activeNodes = ({ _nodes }: AnyMachineSnapshot): readonly AnyNode[] => _nodes;

/** Ends of delays and of invoked actors: what happens to a machine by itself in its present state. */
const ownEvents = (
  snapshot: AnyMachineSnapshot,
  outputs: Readonly<Record<string, readonly unknown[]>>,
): AnyEventObject[] =>
  activeNodes(snapshot).flatMap((node) => [
    ...node.ownEvents.filter((type) => type.startsWith("xstate.after.")).map((type) => ({ type })),
    ...node.invoke.flatMap(({ id, src }) => {
      const known = typeof src === "string" ? outputs[src] : undefined;
      if (known === undefined) throw new Error(`the plan of ${node.id} has no outputs for what it invokes`);
      return known.map((output) => ({ type: `xstate.done.actor.${id}`, actorId: id, output }));
    }),
  ]);

const declaredOf = (machine: AnyStateMachine) =>
  nodesOf(machine.root).flatMap((node) => [...node.transitions.values()].flat().concat(node.always ?? []));

/** The eventless transitions that lie between these steps of one move. */
const eventless = (steps: readonly AnyMachineSnapshot[]) =>
  steps.slice(1).flatMap((next, index) => {
    const from = steps[index];
    if (from === undefined) return [];
    const candidates = activeNodes(from).flatMap(({ always }) => always ?? []);
    const taken = candidates.find(({ target }) => target?.some((node) => activeNodes(next).includes(node)));
    return taken === undefined ? [] : [taken];
  });

export const walk = (
  machine: AnyStateMachine,
  { inputs, restored = [], events, outputs = {}, see }: WalkPlan,
  limit = 5_000,
): Walk => {
  const keyOf = (snapshot: AnyMachineSnapshot) => JSON.stringify([snapshot.value, snapshot.status, see(snapshot)]);
  const taken = new Set<unknown>();
  /** The end of a step; on its way, transitions that need no event were taken. */
  const endOf = (microsteps: readonly (readonly [AnyMachineSnapshot, unknown])[]): AnyMachineSnapshot => {
    const [end] = microsteps.at(-1) ?? [];
    if (end === undefined) throw new Error(`${machine.id} did not step`);
    for (const declared of eventless(microsteps.map(([step]) => step))) taken.add(declared);
    return end;
  };
  const queue: AnyMachineSnapshot[] = [
    ...inputs.map((input) => endOf(getInitialMicrosteps(machine, input))),
    ...restored.map((record) => machine.resolveState(record)),
  ];
  const states = new Map(queue.map((first) => [keyOf(first), first]));
  const edges: Walked[] = [];
  for (let before = queue.shift(); before !== undefined; before = queue.shift()) {
    if (before.status !== "active") continue;
    const told = typeof events === "function" ? events(before) : events;
    for (const event of [...told, ...ownEvents(before, outputs)]) {
      for (const declared of machine.getTransitionData(before as never, event) ?? []) taken.add(declared);
      const after = endOf(getMicrosteps(machine, before as never, event));
      edges.push({ before, event, after });
      const key = keyOf(after);
      if (states.has(key)) continue;
      states.set(key, after);
      if (states.size > limit) throw new Error(`more than ${limit} states: does the plan see more than guards read?`);
      queue.push(after);
    }
  }
  const reached = new Set(
    [...states.values()].flatMap((snapshot) => activeNodes(snapshot).map(({ path }) => path.join("."))),
  );
  const untaken = declaredOf(machine)
    .filter((declared) => !taken.has(declared))
    .map(
      ({ source, eventType, guard }) =>
        `${source.path.join(".") || "(root)"} on ${eventType}${guard === undefined ? "" : ` [${nameOfGuard(guard)}]`}`,
    );
  return { states, edges, reached, untaken };
};

const nameOfGuard = (guard: unknown): string =>
  typeof guard === "object" && guard !== null && "type" in guard ? String(guard.type) : String(guard);
