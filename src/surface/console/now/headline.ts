import type { Mode } from "../../../../machines/contracts/modes.ts";
import { countText, plural } from "../data/format.ts";
import type { Status } from "../data/wire.ts";
import type { Tone } from "../parts/tone.ts";

/** How the service is, in one sentence that does not say more than is known. */
export interface Headline {
  readonly tone: Tone;
  readonly title: string;
  /** What that means for whoever calls. */
  readonly detail: string;
}

const MEANS: Readonly<Record<Exclude<Mode, "normal" | "local_queue">, Omit<Headline, "tone">>> = {
  reduced_performance: {
    title: "Slower on purpose",
    detail: "Attempts have more time, less runs at once, and deferred work waits.",
  },
  memory_constrained: {
    title: "Memory is short",
    detail: "Less runs at once; low and deferred work waits on disk.",
  },
  selective_processing: {
    title: "Only what is urgent runs",
    detail: "Critical and high work is executed; the rest waits on disk.",
  },
  emergency_mode: {
    title: "Emergency",
    detail:
      "Critical work is executed; high and normal work waits on disk; low and deferred work is refused with a time to come back.",
  },
};

export function headlineOf(status: Status): Headline {
  return phaseHeadline(status) ?? modeHeadline(status) ?? normalHeadline(status);
}

function phaseHeadline({ phase }: Status): Headline | undefined {
  if (phase === "storage_lost")
    return {
      tone: "bad",
      title: "Storage is lost",
      detail: "Nothing can be put on disk: new work is refused until a restart.",
    };
  if (phase === "stopping" || phase === "stopped")
    return {
      tone: "warn",
      title: "Stopping",
      detail: "New work is refused; what is in flight ends or goes back to disk.",
    };
  if (phase === "opened") return { tone: "busy", title: "Starting", detail: "Nothing is executed yet." };
  return undefined;
}

function modeHeadline({ modes, queue, operationsQueued }: Status): Headline | undefined {
  const [mostSevere] = modes;
  if (mostSevere === undefined || mostSevere.mode === "normal") return undefined;
  if (mostSevere.mode !== "local_queue")
    return { tone: mostSevere.mode === "emergency_mode" ? "bad" : "warn", ...MEANS[mostSevere.mode] };
  const lost = modes.filter(({ mode, step }) => mode === "local_queue" && step === "queueing");
  const names = lost.flatMap(({ dependency }) => dependency ?? []);
  if (names.length > 0)
    return {
      tone: "warn",
      title: `${listed(names)} ${names.length === 1 ? "is" : "are"} down, work is kept`,
      detail: `What needs ${names.length === 1 ? "it" : "them"} is put on disk and executed later: ${plural(operationsQueued, "operation")} waiting.`,
    };
  return {
    tone: "busy",
    title: "Catching up",
    detail: `${plural(operationsQueued, "operation")} that waited ${operationsQueued === 1 ? "is" : "are"} being executed in order, ${countText(queue.running)} at the moment. New work runs beside them.`,
  };
}

/** Normal, and what may not be kept silent about that. */
function normalHeadline({ dependencies, isMonitoring, queue, triggers, incidents }: Status): Headline {
  const notClosed = dependencies.filter(({ state }) => state !== "closed");
  const blind = triggers.filter(({ state, failed }) => state === "unknown" && failed);
  const paged = incidents.filter(({ state }) => state === "paged");
  const but = [
    ...notClosed.map(({ name, state }) => `${name} is ${state.replaceAll("_", " ")}`),
    ...(queue.dead > 0 ? [`${plural(queue.dead, "dead letter")} ${queue.dead === 1 ? "needs" : "need"} a person`] : []),
    ...(queue.held > 0 ? [`${plural(queue.held, "operation")} held: no definition fits`] : []),
    ...(paged.length > 0
      ? [`${plural(paged.length, "incident")} ${paged.length === 1 ? "calls" : "call"} a person`]
      : []),
    ...(isMonitoring ? [] : ["nothing is monitored"]),
    ...(blind.length > 0 ? [`${plural(blind.length, "sensor")} failed`] : []),
  ];
  if (but.length > 0) return { tone: "warn", title: "Normal, but look", detail: `${sentence(listed(but))}.` };
  return { tone: "good", title: "Normal", detail: "Everything is accepted and executed. Every dependency answers." };
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
