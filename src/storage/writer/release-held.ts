import { operationState } from "../operation-state.ts";
import { releaseOperations } from "../statements/release-operations.ts";
import { selectHeld } from "../statements/select-held.ts";
import type { Context } from "./context.ts";

/** Rows released in one commit. */
const STEP_ROWS = 512;

/** Held rows may return: looks at every definition that can be executed now. */
export function beginRelease({ schedule, definitions, undo }: Context): void {
  const before = schedule.releasing;
  undo.push(() => {
    schedule.releasing = before;
  });
  schedule.releasing = [...definitions.runnable];
}

/** One bounded step; the next commits take the rest. */
export function releaseHeld({ connection, counter, schedule, undo }: Context): void {
  const before = schedule.releasing;
  if (before.length === 0) return;
  undo.push(() => {
    schedule.releasing = before;
  });
  const rest = [...before];
  for (let left = STEP_ROWS; left > 0 && rest.length > 0; ) {
    const rows = connection.all<[sequence: number, pool: number]>(selectHeld, [rest[0] as number, left]);
    if (rows.length < left) rest.shift();
    left -= rows.length;
    if (rows.length === 0) continue;
    connection.runSized(
      releaseOperations,
      rows.map(([sequence]) => sequence),
    );
    for (const [, pool] of rows) counter.move(pool, operationState.held, operationState.ready);
  }
  schedule.releasing = rest;
}
