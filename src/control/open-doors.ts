import type { AnyActorRef, AnyEventObject } from "xstate";
import type { Cause } from "../../machines/contracts/cause.ts";
import type { Pin } from "../../machines/contracts/pin-events.ts";
import type { ControlDoors, SensorWord } from "./control-doors.ts";
import type { ControlTime } from "./control-time.ts";
import { wallPin } from "./wall-policy.ts";

export interface Doorway {
  /** Sends an event as of now; false when that actor is down. */
  readonly tell: (id: string, event: AnyEventObject) => boolean;
  readonly find: (id: string) => AnyActorRef | undefined;
  readonly time: ControlTime;
}

/** What persons and sensors say, as events to the actors that it is for. */
export const openDoors = ({ tell, find, time }: Doorway): ControlDoors => {
  /** Asked of the actor itself: what it holds when it has answered, whoever is listening meanwhile. */
  const held = (): Pin | null => find("pin")?.getSnapshot().context.pin ?? null;
  const shown = (pin: Pin | null) => (pin === null ? null : wallPin(pin, time));

  return {
    pin(wish, cause) {
      const before = held()?.revision ?? 0;
      if (!tell("pin", { type: "pin.set", cause, ...wish, until: time.ofWall(wish.until) }))
        return { status: "unavailable" };
      const pin = held();
      return pin !== null && pin.revision > before
        ? { status: "pinned", pin: wallPin(pin, time) }
        : { status: "conflict", pin: shown(pin) };
    },
    releasePin(expected, cause) {
      const before = held();
      if (!tell("pin", { type: "pin.release", cause, expected })) return { status: "unavailable" };
      const pin = held();
      return before?.revision === expected && pin === null
        ? { status: "released" }
        : { status: "conflict", pin: shown(pin) };
    },
    defineTrigger: (trigger, definition, cause) =>
      tell(`trigger:${trigger}`, { type: "definition.changed", cause, definition }),
    sense(trigger, word) {
      tell(`trigger:${trigger}`, eventOf(trigger, word));
    },
    acknowledgePage(condition, cause) {
      const id = `incident:${condition}`;
      const before = find(id)?.getSnapshot().value;
      if (!tell(id, { type: "page.acknowledge", cause })) return "unavailable";
      return before === "paged" ? "acknowledged" : "not_paged";
    },
    switchAutoRecovery: (enabled, cause) =>
      tell("auto_recovery", { type: enabled ? "auto_recovery.enable" : "auto_recovery.disable", cause }),
    orderBreaker: (dependency, order, cause) => tell(`breaker:${dependency}`, { type: `breaker.${order}`, cause }),
  };
};

/** What is no number is no measurement, whatever the sensor says. */
function eventOf(trigger: string, word: SensorWord): AnyEventObject {
  const actor = `sensor:${trigger}`;
  switch (word.kind) {
    case "value": {
      const cause: Cause = {
        actor,
        what: word.what,
        ...(word.values === undefined ? {} : { values: word.values }),
      };
      return Number.isFinite(word.value)
        ? { type: "reading", value: word.value, cause }
        : { type: "sensor.failed", cause: { actor, what: `it measured what is no number: ${word.what}` } };
    }
    case "nothing":
      return { type: "reading.none", cause: { actor, what: word.what } };
    case "failed":
      return { type: "sensor.failed", cause: { actor, what: word.what } };
  }
}
