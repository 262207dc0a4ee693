import * as real from "../../../src/control/create-control-plane.ts";
import type { MachineRecord } from "../../../src/queue/journal.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/control/create-control-plane.ts";

/** After a restart the configured thresholds hold, not those that a person has set since. */
const asConfigured = (record: MachineRecord): MachineRecord =>
  record.id.startsWith("trigger:")
    ? { ...record, context: JSON.stringify({ ...(JSON.parse(record.context) as object), changed: null }) }
    : record;

export const openControlPlane: typeof real.openControlPlane = (ports) => {
  const plane = real.openControlPlane(ports);
  return wrapped(plane, { start: (records, lostMs) => plane.start(records.map(asConfigured), lostMs) });
};
export const createControlPlane: typeof real.createControlPlane = openControlPlane;
