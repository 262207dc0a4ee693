import * as real from "../../../src/control/create-control-plane.ts";
import type { MachineRecord } from "../../../src/queue/journal.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/control/create-control-plane.ts";

/** Downtime does not count: a break goes on where it was when the process died. */
const afterThePause = (record: MachineRecord, lostMs: number): MachineRecord => {
  const context = JSON.parse(record.context) as { deadline?: number };
  if (context.deadline === undefined) return record;
  return { ...record, context: JSON.stringify({ ...context, deadline: context.deadline + lostMs }) };
};

export const openControlPlane: typeof real.openControlPlane = (ports) => {
  const plane = real.openControlPlane(ports);
  return wrapped(plane, {
    start: (records, lostMs) =>
      plane.start(
        records.map((record) => afterThePause(record, lostMs)),
        lostMs,
      ),
  });
};
export const createControlPlane: typeof real.createControlPlane = openControlPlane;
