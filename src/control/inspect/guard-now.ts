import type { AnyMachineSnapshot, AnyTransitionDefinition } from "xstate";

/** What a guard says now: `depends on the event` where only the event itself could tell. */
export type GuardNow = boolean | "depends on the event";

/** Thrown when a guard reads of the event what is not known before there is one. */
class AsksTheEvent extends Error {}

/** An event of which only the type is known. */
const eventOfType = (type: string): { readonly type: string } =>
  new Proxy(
    { type },
    {
      get(target, key) {
        if (key === "type") return target.type;
        throw new AsksTheEvent();
      },
      has(_, key) {
        if (key === "type") return true;
        throw new AsksTheEvent();
      },
      ownKeys() {
        throw new AsksTheEvent();
      },
    },
  );

/**
 * Evaluates the guard of one edge against a live snapshot, without the event and without sending anything: guards are
 * pure. True where there is none.
 */
export function guardNow(
  { guard, eventType }: Pick<AnyTransitionDefinition, "guard" | "eventType">,
  snapshot: AnyMachineSnapshot,
): GuardNow {
  if (guard === undefined) return true;
  const { type, params } = partsOf(guard);
  const implementation: unknown = type === undefined ? guard : snapshot.machine.implementations.guards[type];
  if (typeof implementation !== "function") return "depends on the event";
  const asked = { context: snapshot.context, event: eventOfType(eventType) };
  try {
    return Boolean(implementation(asked, typeof params === "function" ? params(asked) : params));
  } catch {
    return "depends on the event";
  }
}

function partsOf(guard: unknown): { readonly type: string | undefined; readonly params: unknown } {
  if (typeof guard === "string") return { type: guard, params: undefined };
  if (typeof guard === "object" && guard !== null && "type" in guard)
    return { type: String(guard.type), params: "params" in guard ? guard.params : undefined };
  return { type: undefined, params: undefined };
}
