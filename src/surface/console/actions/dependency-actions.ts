import type { Connection } from "../connection.ts";
import { wordsOf } from "../data/format.ts";
import type { DependencyStatus } from "../data/wire.ts";
import { breakerTone } from "../now/breaker-words.ts";
import { UNAVAILABLE } from "./mode-actions.tsx";
import type { Action, Said } from "./action.ts";

/** What a person can do about one dependency as it is now. */
export function dependencyActions(connection: Connection, before: DependencyStatus): Action[] {
  const { name, state } = before;
  const { order, reset } = connection.client.dependencies;
  const seenAs = (wanted: (now: DependencyStatus) => boolean): NonNullable<Action["verify"]> => {
    return ({ status }) => {
      const now = status.dependencies.find((dependency) => dependency.name === name);
      return now !== undefined && wanted(now)
        ? { tone: breakerTone(now.state), text: `${name} is ${wordsOf(now.state)}: ${now.reason}` }
        : undefined;
    };
  };
  const ordered = (
    what: "force_open" | "disable" | "enable",
    words: Pick<Action, "title" | "label" | "explains" | "isDangerous">,
    wanted: (now: DependencyStatus) => boolean,
  ): Action => ({
    ...words,
    permission: "dependency.control",
    perform: async (reason) => doneText(await order.mutate({ name, order: what, reason })),
    verify: seenAs(wanted),
  });

  const isTaken = state === "forced_open" || state === "disabled";
  const probe: Action = {
    title: `Probe ${name} now`,
    label: "Probe",
    permission: "dependency.control",
    explains: "Asks it at once whether it is there. The breaker closes only when a probe succeeds.",
    async perform(reason) {
      const answer = await reset.mutate({ name, reason });
      if (answer.status === "unavailable") return UNAVAILABLE;
      return answer.status === "already_closed"
        ? { tone: "good", text: "It is closed already." }
        : { tone: "busy", text: "It is being probed." };
    },
    verify: seenAs(
      (now) => now.state === "closed" || now.probesFailed !== before.probesFailed || isAnotherRest(now, before),
    ),
  };
  const forceOpen = ordered(
    "force_open",
    {
      title: `Hold ${name} open`,
      label: "Hold open",
      isDangerous: true,
      explains: "Nothing calls it until it is enabled again. What needs it waits on disk, or is refused.",
    },
    (now) => now.state === "forced_open",
  );
  const disable = ordered(
    "disable",
    {
      title: `Disable the breaker of ${name}`,
      label: "Disable",
      isDangerous: true,
      explains: "It is called whatever fails. Nothing protects callers from its time-outs.",
    },
    (now) => now.state === "disabled",
  );
  const enable = ordered(
    "enable",
    {
      title: `Enable the breaker of ${name}`,
      label: "Enable",
      explains: "The breaker decides by itself again, beginning with a probe.",
    },
    (now) => now.state !== "forced_open" && now.state !== "disabled",
  );
  return isTaken ? [enable] : [probe, forceOpen, disable];
}

/** It has been probed, and came to rest again. */
const isAnotherRest = (now: DependencyStatus, before: DependencyStatus): boolean =>
  now.state !== "probing" && now.since !== before.since;

const doneText = ({ status, state }: { readonly status: "done" | "unavailable"; readonly state: string }): Said =>
  status === "unavailable" ? UNAVAILABLE : { tone: "good", text: `Done: it is ${wordsOf(state)}.` };
