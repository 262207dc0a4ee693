import type { Logger } from "holdfast";
import { destination, pino } from "pino";

/** JSON lines on standard error, one per event: standard output belongs to what people read. */
export const createLogger = (level: "debug" | "info" | "warn" | "error"): Logger =>
  pino({ level, base: null }, destination({ fd: 2, sync: true }));
