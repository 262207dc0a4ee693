import type { AnyStateMachine } from "xstate";
import {
  type Condition,
  conditionId,
  type ConditionKind,
  DEPENDENCY_CONDITION_KINDS,
  SERVICE_CONDITION_KINDS,
} from "../../machines/contracts/conditions.ts";
import type { TriggerDefinition } from "../../machines/contracts/triggers.ts";
import type { Facts } from "../../machines/facts.ts";
import type { Listener } from "../../machines/routes.ts";
import type { IncidentGiven } from "../../machines/recovery/incident-context.ts";
import { ladderOf } from "../../machines/recovery/ladders.ts";
import type { RuntimeConfig } from "../../config/types.ts";
import type { ControlledDependency } from "./control-plane.ts";
import type { ProvidedMachines } from "./provided-machines.ts";

/** One actor of the control plane: which machine, what it is given, what it hears, what its successor inherits. */
export interface Member extends Listener {
  readonly machine: AnyStateMachine;
  /** Of its record: grows when the machine's states or context change their meaning. */
  readonly version: number;
  readonly given: object;
  /** The last fact of a fallen predecessor, where nobody else could rebuild it. */
  readonly inherits?: (facts: Facts) => object | undefined;
  /** The state in which a successor goes on, `restoring.low`, where it is not to begin in the machine's first one. */
  readonly bornIn?: (facts: Facts) => string | undefined;
  /** Of an incident: the remedies for its condition, in order. */
  readonly ladder?: readonly string[];
}

/**
 * A mode is born where its predecessor fell: from its first state it would say that nothing is in force, and whatever is
 * admitted before it hears otherwise would run. One that falls again soon begins anew: that state may be what kills it.
 */
const bornWhereItFell = (id: string): Pick<Member, "inherits" | "bornIn"> => {
  const last = ({ modes, falls }: Facts) => ((falls[id]?.falls ?? 0) > 1 ? undefined : modes[id]);
  return { inherits: last, bornIn: (facts) => last(facts)?.step };
};

/** Everybody, once per dependency or once in all. A new mode is a line here, and one in the registry. */
export const castOf = (
  config: RuntimeConfig,
  dependencies: readonly ControlledDependency[],
  machines: ProvidedMachines,
): readonly Member[] => [
  {
    id: "normal",
    machine: machines.normal,
    version: 1,
    given: {},
    hears: ["modes"],
    ...bornWhereItFell("normal"),
  },
  mode("reduced_performance", ["processing_timeout", "event_loop_overload", "connection_failures"], config, machines),
  mode("memory_constrained", ["memory_exhaustion"], config, machines),
  mode("selective_processing", ["high_error_rate", "queue_overflow"], config, machines),
  mode("emergency_mode", [...DEPENDENCY_CONDITION_KINDS, ...SERVICE_CONDITION_KINDS], config, machines),
  {
    id: "pin",
    machine: machines.pin,
    version: 1,
    given: { warnBeforeMs: config.pin.warnBeforeMs },
    inherits: ({ pin }) => pin ?? undefined,
  },
  ...SERVICE_CONDITION_KINDS.map((kind) => triggerFor({ kind }, config.triggers[kind], machines)),
  {
    id: "auto_recovery",
    machine: machines.autoRecovery,
    version: 1,
    given: { enabled: config.incident.autoRecovery },
    inherits: ({ autoRecovery }) => autoRecovery ?? undefined,
  },
  ...SERVICE_CONDITION_KINDS.map((kind) => incidentOf({ kind }, config, machines)),
  ...dependencies.flatMap((dependency) => membersFor(dependency, config, machines)),
];

/** A mode of the whole service, and the conditions it answers to, of whichever dependency. */
const mode = (
  id: "reduced_performance" | "memory_constrained" | "selective_processing" | "emergency_mode",
  kinds: readonly ConditionKind[],
  { modes: { restoreStepMs } }: RuntimeConfig,
  machines: ProvidedMachines,
): Member => ({
  id,
  machine: machines[id],
  version: 1,
  given: { restoreStepMs },
  answersTo: kinds.map((kind) => ({ kind })),
  ...bornWhereItFell(id),
});

function triggerFor(condition: Condition, definition: TriggerDefinition, { trigger }: ProvidedMachines): Member {
  const id = conditionId(condition);
  return {
    id: `trigger:${id}`,
    machine: trigger,
    version: 1,
    given: { condition, definition },
    inherits: ({ triggers }) => triggers[id],
  };
}

function membersFor(
  { name, breaker }: ControlledDependency,
  config: RuntimeConfig,
  machines: ProvidedMachines,
): Member[] {
  return [
    {
      id: `breaker:${name}`,
      machine: machines.breaker,
      version: 1,
      given: { dependency: name, rules: breaker },
      inherits: ({ breakers }) => breakers[name],
    },
    triggerFor({ kind: "connection_failures", dependency: name }, config.triggers.connection_failures, machines),
    {
      id: `drain:${name}`,
      machine: machines.drain,
      version: 1,
      given: { dependency: name },
      hears: [`breaker:${name}`],
      inherits: ({ drains }) => drains[name],
    },
    {
      id: `local_queue:${name}`,
      machine: machines.localQueue,
      version: 1,
      given: { dependency: name },
      hears: [`drain:${name}`],
      answersTo: [{ kind: "dependency_unavailable", dependency: name }],
      ...bornWhereItFell(`local_queue:${name}`),
    },
    ...DEPENDENCY_CONDITION_KINDS.map((kind) => incidentOf({ kind, dependency: name }, config, machines)),
  ];
}

/** One per condition, always. */
function incidentOf(condition: Condition, { incident, triggers }: RuntimeConfig, machines: ProvidedMachines): Member {
  const id = conditionId(condition);
  const { kind, dependency } = condition;
  // A breaker that closed clears its condition at once; a trigger waits out its leave dwell.
  const verifyMs =
    kind === "dependency_unavailable"
      ? incident.reconnectTimeoutMs
      : triggers[kind].leaveDwellMs + incident.verifyMarginMs;
  const given: IncidentGiven = {
    condition,
    ladder: ladderOf(kind, incident),
    probesBeforeReconnect: incident.probesBeforeReconnect,
    cooldownMs: incident.cooldownMs,
    verifyMs,
    reconnectTimeoutMs: incident.reconnectTimeoutMs,
    reliefSettleMs: incident.reliefSettleMs,
    reliefMinimumShare: incident.reliefMinimumShare,
    page: { calls: incident.pageCalls, answerMs: incident.pageAnswerMs, pauseMs: incident.pagePauseMs },
  };
  return {
    id: `incident:${id}`,
    machine: machines.incident,
    version: 2,
    given,
    ladder: given.ladder.rungs,
    hears: ["auto_recovery", `trigger:${id}`, ...(dependency === undefined ? [] : [`breaker:${dependency}`])],
    answersTo: [condition],
    inherits: ({ incidents }) => incidents[id],
  };
}
