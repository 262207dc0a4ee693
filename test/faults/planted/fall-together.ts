import { enqueueActions } from "xstate";
import * as real from "../../../machines/supervisor.machine.ts";

export * from "../../../machines/supervisor.machine.ts";

type Machine = typeof real.supervisorMachine;

const { mourn } = real.supervisorMachine.implementations.actions;

/** When one actor crashes, all others are started anew as well. */
export const supervisorMachine: Machine = real.supervisorMachine.provide({
  actions: {
    mourn: enqueueActions(({ context, event, enqueue }) => {
      enqueue(mourn as Parameters<typeof enqueue>[0]);
      for (const { id, fresh } of context.given.children) {
        if ("actorId" in event && event.actorId === id) continue;
        enqueue.stopChild(id);
        enqueue.spawnChild(fresh, { id, systemId: id });
      }
    }),
  },
});
