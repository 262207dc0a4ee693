import type { Tone } from "../parts/tone.ts";
import { type ActorView, stateOf } from "./machine-data.ts";

/** Machines that belong together, in the order of a list. */
export interface Family {
  readonly title: string;
  readonly machines: readonly string[];
}

export const FAMILIES: readonly Family[] = [
  { title: "Dependencies", machines: ["breaker", "local_queue", "drain"] },
  {
    title: "Modes",
    machines: ["normal", "reduced_performance", "memory_constrained", "selective_processing", "emergency_mode", "pin"],
  },
  { title: "Triggers", machines: ["trigger"] },
  { title: "Incidents", machines: ["incident"] },
  {
    title: "Recovery",
    machines: ["probe_request", "reconnect", "memory_relief", "worker_restart", "page", "auto_recovery"],
  },
];

/** Whatever is in no family: nobody is left out of the list. */
const OTHERS: Family = { title: "Supervision", machines: [] };

/** The actors by family; empty families are left out. */
export function inFamilies<Actor extends ActorView>(
  actors: readonly Actor[],
): readonly { readonly family: Family; readonly actors: readonly Actor[] }[] {
  const groups = [...FAMILIES, OTHERS].map((family) => ({
    family,
    actors: actors
      .filter(({ machine }) => family === (FAMILIES.find(({ machines }) => machines.includes(machine)) ?? OTHERS))
      .toSorted((a, b) => family.machines.indexOf(a.machine) - family.machines.indexOf(b.machine)),
  }));
  return groups.filter((group) => group.actors.length > 0);
}

/** `memory exhaustion` for `trigger:memory_exhaustion` under "Triggers"; `breaker:graph` where a family has several machines. */
export function nameWithin({ machines }: Family, { id, machine }: ActorView): string {
  const short = machines.length === 1 && id.startsWith(`${machine}:`) ? id.slice(machine.length + 1) : id;
  return short.replaceAll("_", " ");
}

const TONES: readonly (readonly [pattern: RegExp, tone: Tone])[] = [
  [/^\w+ fallen$/, "bad"],
  [/^breaker (open|misconfigured)/, "bad"],
  [/^breaker (forced_open|disabled)/, "warn"],
  [/^trigger raised/, "bad"],
  [/^trigger (rising|falling)/, "warn"],
  [/^trigger unknown/, "off"],
  [/^emergency_mode in_force/, "bad"],
  [/^normal in_force/, "good"],
  [/ (in_force|queueing|filling|held|expiring|acknowledged)\b/, "warn"],
  [/ (disputed|paged|failed|unreachable)\b/, "bad"],
  [/^auto_recovery disabled/, "warn"],
  [/ (dormant|yielded|free|empty|quiet|stopped|not at work)\b/, "off"],
  [/ (closed|clear|enabled|running|supervising|connected|answered|relieved|restarted)\b/, "good"],
];

/** How an actor's state is to be taken; what is under way is busy. */
export function toneOf(actor: ActorView): Tone {
  const asked = `${actor.machine} ${stateOf(actor)}`;
  return TONES.find(([pattern]) => pattern.test(asked))?.[1] ?? "busy";
}

const WORST_FIRST: readonly Tone[] = ["bad", "warn", "busy", "good", "off"];

/** Who is to be looked at when nobody was chosen: whoever is worst off, the dependencies first. */
export function mostInteresting<Actor extends ActorView>(actors: readonly Actor[]): Actor | undefined {
  const inOrder = inFamilies(actors).flatMap((group) => group.actors);
  return inOrder.toSorted((a, b) => WORST_FIRST.indexOf(toneOf(a)) - WORST_FIRST.indexOf(toneOf(b)))[0];
}

/** Whether an actor matters to a search: by its id, its state or its machine. */
export function isFound(actor: ActorView, search: string): boolean {
  const text = `${actor.id} ${stateOf(actor)} ${actor.machine}`.toLowerCase().replaceAll("_", " ");
  return search
    .toLowerCase()
    .replaceAll("_", " ")
    .split(/\s+/)
    .every((word) => text.includes(word));
}
