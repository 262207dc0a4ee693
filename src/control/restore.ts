import type { StateValue } from "xstate";
import type { Logger } from "../ports.ts";
import type { MachineRecord } from "../queue/journal.ts";

/** A record that can be tried: whether its state still exists, the machine says. */
export interface ReadableRecord {
  readonly value: StateValue;
  readonly context: Record<string, unknown>;
}

/** Reads what the last process left. What cannot be read is logged, and its machine is born anew. */
export const readRecords = (
  records: readonly MachineRecord[],
  versionOf: (id: string) => number | undefined,
  logger: Logger,
): ReadonlyMap<string, ReadableRecord> => {
  const readable = new Map<string, ReadableRecord>();
  for (const record of records) {
    const version = versionOf(record.id);
    // A dependency that is no longer configured: its machine is not started, its record waits for its return.
    if (version === undefined) continue;
    const read = version === record.version ? parse(record) : undefined;
    if (read === undefined)
      logger.warn(
        { machine: record.id, version: record.version, expected: version },
        "a machine's record cannot be read; it starts anew",
      );
    else readable.set(record.id, read);
  }
  return readable;
};

function parse({ state, context }: MachineRecord): ReadableRecord | undefined {
  try {
    const value: unknown = JSON.parse(state);
    const own: unknown = JSON.parse(context);
    return isStateValue(value) && isObject(own) ? { value, context: own } : undefined;
  } catch {
    return undefined;
  }
}

const isStateValue = (value: unknown): value is StateValue =>
  typeof value === "string" || (isObject(value) && Object.values(value).every(isStateValue));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
