import type { TriggerSettings } from "./types.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * When a measured value degrades the service, and when it is well again. Shares are 0 to 1. What the design left open
 * (`queue_overflow` and `processing_timeout` had no way back) is filled in here.
 */
export const defaultTriggers: TriggerSettings = {
  /** Share of calls to one dependency that failed, over a minute, however often its breaker closed in between. */
  connection_failures: { enter: 0.8, exit: 0.05, enterDwellMs: 30 * SECOND, leaveDwellMs: 5 * MINUTE },
  /** Share of the memory there is: the largest of heap, process and container. */
  memory_exhaustion: { enter: 0.9, exit: 0.7, enterDwellMs: 5 * MINUTE, leaveDwellMs: 5 * MINUTE },
  /** Share of ended operations that failed. */
  high_error_rate: { enter: 0.3, exit: 0.05, enterDwellMs: 10 * MINUTE, leaveDwellMs: 10 * MINUTE },
  /** Operations that wait and that no lost dependency or unfinished drain explains. */
  queue_overflow: { enter: 101, exit: 50, enterDwellMs: 5 * MINUTE, leaveDwellMs: 5 * MINUTE },
  /** Operations that took longer than `sensing.slowOperationMs`, within its window. */
  processing_timeout: { enter: 3, exit: 0, enterDwellMs: 0, leaveDwellMs: 5 * MINUTE },
  /** 99th percentile of the event loop's delay over one interval, in milliseconds. */
  event_loop_overload: { enter: 200, exit: 50, enterDwellMs: 10 * SECOND, leaveDwellMs: 30 * SECOND },
  /** 1 while the thread that writes the journal is down, else 0. */
  storage_unavailable: { enter: 1, exit: 0, enterDwellMs: 0, leaveDwellMs: 0 },
};
