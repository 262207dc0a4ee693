import type { ConditionKind } from "../contracts/conditions.ts";
import type { RemedyName } from "../contracts/recovery-events.ts";

/** What an incident does about its condition, and in which order. */
export interface Ladder {
  /** One rung after the other, each once. After the last a person is called; where there is none, no remedy can help. */
  readonly rungs: readonly RemedyName[];
  /** How long the condition must have lasted before a remedy is due. Null: its breaker says when. */
  readonly remedyAfterMs: number | null;
  /** How long it may last before a person is called, whatever is left to try. Null: until the rungs are used up. */
  readonly personAfterMs: number | null;
}

export interface LadderSettings {
  readonly maximumAttempts: number;
  /** How long a dependency may be gone before a person is called. */
  readonly pageAfterOutageMs: number;
  /** How long anything may last that no remedy can help. */
  readonly pageAfterMs: number;
}

const times = (count: number, remedy: RemedyName): RemedyName[] => Array.from({ length: count }, () => remedy);

/**
 * The ladder of each condition. Triggers have waited out a dwell before they raise one, so most remedies are due at
 * once. Where no remedy of ours can help, a mode has answered already, and a person is called if that is not enough.
 */
export const ladderOf = (kind: ConditionKind, settings: LadderSettings): Ladder => {
  const { maximumAttempts, pageAfterOutageMs, pageAfterMs } = settings;
  const personOnly: Ladder = { rungs: [], remedyAfterMs: null, personAfterMs: pageAfterMs };
  switch (kind) {
    case "dependency_unavailable":
      return {
        rungs: times(maximumAttempts, "reconnect"),
        remedyAfterMs: null,
        personAfterMs: pageAfterOutageMs,
      };
    case "connection_failures":
      return { rungs: ["ask_for_probe", "reconnect"], remedyAfterMs: 0, personAfterMs: null };
    case "memory_exhaustion":
      return { rungs: times(2, "relieve_memory"), remedyAfterMs: 0, personAfterMs: null };
    case "storage_unavailable":
      return { rungs: times(maximumAttempts, "restart_worker"), remedyAfterMs: 0, personAfterMs: null };
    case "high_error_rate":
    case "queue_overflow":
    case "processing_timeout":
    case "event_loop_overload":
      return personOnly;
  }
};
