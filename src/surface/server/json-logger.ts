import { destination, pino } from "pino";
import type { Logger } from "../../ports.ts";

/**
 * JSON lines by pino on standard error, one per event: standard output belongs to what people read. Any other pino logger
 * can be given as a `Logger` as it is.
 *
 * @example
 * const logger = jsonLogger("info");
 * await serveRuntime({ runtime: () => createRuntime({ dataDirectory: "./data", operations, logger }), logger });
 */
export const jsonLogger = (level: "debug" | "info" | "warn" | "error" = "info"): Logger =>
  pino({ level, base: null }, destination({ fd: 2, sync: true }));
