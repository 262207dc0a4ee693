import type { Connection } from "../connection.ts";
import type { Status } from "../data/wire.ts";
import type { Action } from "./action.ts";
import { UNAVAILABLE } from "./mode-actions.tsx";

export function switchMonitoring(connection: Connection, { isMonitoring }: Status): Action {
  const enabled = !isMonitoring;
  return {
    title: enabled ? "Start monitoring" : "Stop monitoring",
    label: enabled ? "Start" : "Stop",
    permission: "degradation.configure",
    isDangerous: !enabled,
    explains: enabled
      ? "Sensors are read again; triggers count from what they say."
      : "No sensor is read. Triggers are unknown meanwhile: what is raised stays raised, and nothing new is noticed.",
    async perform(reason) {
      const { status } = await connection.client.degradation.switchMonitoring.mutate({ enabled, reason });
      return { tone: "good", text: `Monitoring has ${status}.` };
    },
    verify: ({ status }) =>
      status.isMonitoring === enabled
        ? { tone: "good", text: enabled ? "Sensors are read." : "No sensor is read." }
        : undefined,
  };
}

export function switchAutoRecovery(connection: Connection, { autoRecovery }: Status): Action {
  const enabled = autoRecovery?.enabled === false;
  return {
    title: enabled ? "Switch auto recovery on" : "Switch auto recovery off",
    label: enabled ? "Switch on" : "Switch off",
    permission: "degradation.configure",
    isDangerous: !enabled,
    explains: enabled
      ? "Incidents try their remedies by themselves again."
      : "No remedy is tried by itself; a person is called when one is due.",
    async perform(reason) {
      const { status } = await connection.client.degradation.switchAutoRecovery.mutate({ enabled, reason });
      return status === "unavailable" ? UNAVAILABLE : { tone: "good", text: `Auto recovery is ${status}.` };
    },
    verify: ({ status }) =>
      status.autoRecovery?.enabled === enabled
        ? { tone: "good", text: enabled ? "Auto recovery is on." : "Auto recovery is off." }
        : undefined,
  };
}
