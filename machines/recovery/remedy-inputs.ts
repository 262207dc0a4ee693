import { timeOf } from "../kit.ts";
import { type IncidentContext, name } from "./incident-context.ts";
import type { MemoryReliefInput } from "./memory-relief.machine.ts";
import type { PageInput } from "./page.machine.ts";
import type { ProbeRequestInput } from "./probe-request.machine.ts";
import type { ReconnectInput } from "./reconnect.machine.ts";
import type { WorkerRestartInput } from "./worker-restart.machine.ts";

/* What an incident gives to the machines that it invokes. */

interface Invoking {
  readonly context: IncidentContext;
  readonly event: object;
}

/** Remedies for a dependency are on the ladders of conditions that have one. */
const dependencyOf = ({ given: { condition } }: IncidentContext): string => {
  if (condition.dependency === undefined) throw new TypeError(`${condition.kind} is about no dependency`);
  return condition.dependency;
};

const said = ({ context, event }: Invoking) => ({ at: timeOf(event, context.since), cause: context.cause });

const forDependency = ({ context, event }: Invoking) => ({
  given: { dependency: dependencyOf(context), timeoutMs: context.given.reconnectTimeoutMs },
  ...said({ context, event }),
  closed: context.breaker.passing,
});

export const forProbeRequest = (invoking: Invoking): ProbeRequestInput => forDependency(invoking);

export const forReconnect = (invoking: Invoking): ReconnectInput => forDependency(invoking);

export const forRelief = ({ context, event }: Invoking): MemoryReliefInput => ({
  given: { settleMs: context.given.reliefSettleMs, minimumShare: context.given.reliefMinimumShare },
  ...said({ context, event }),
});

export const forRestart = (invoking: Invoking): WorkerRestartInput => ({ given: {}, ...said(invoking) });

export const forPage = ({ context, event }: Invoking): PageInput => ({
  given: { subject: name(context), rules: context.given.page },
  ...said({ context, event }),
});
