import type { AnyStateMachine } from "xstate";
import { conditionId, type DependencyCondition } from "../../machines/contracts/conditions.ts";
import type { Facts } from "../../machines/facts.ts";
import type { Listener } from "../../machines/routes.ts";
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
}

/** Everybody, once per dependency or once in all. A new mode is a line here, and one in the registry. */
export const castOf = (
  config: RuntimeConfig,
  dependencies: readonly ControlledDependency[],
  machines: ProvidedMachines,
): readonly Member[] => [
  { id: "normal", machine: machines.normal, version: 1, given: {}, hears: ["modes"] },
  ...dependencies.flatMap((dependency) => membersFor(dependency, config, machines)),
];

function membersFor(
  { name, breaker }: ControlledDependency,
  { incident }: RuntimeConfig,
  machines: ProvidedMachines,
): Member[] {
  const unavailable: DependencyCondition = { kind: "dependency_unavailable", dependency: name };
  return [
    {
      id: `breaker:${name}`,
      machine: machines.breaker,
      version: 1,
      given: { dependency: name, rules: breaker },
      inherits: ({ breakers }) => breakers[name],
    },
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
      answersTo: [unavailable],
    },
    {
      id: `incident:${conditionId(unavailable)}`,
      machine: machines.incident,
      version: 1,
      given: { condition: unavailable, ...incident, verifyMs: incident.reconnectTimeoutMs },
      hears: [`breaker:${name}`],
      answersTo: [unavailable],
      inherits: ({ incidents }) => incidents[conditionId(unavailable)],
    },
  ];
}
