import type { Logger } from "../../ports.ts";

/**
 * Stops at a signal. The handlers stay for as long as the process lives: Ctrl-C may arrive twice (from the terminal
 * and from npm), and an impatient second one must not kill a clean stop.
 *
 * @returns takes the handlers away again, for whoever stops by itself
 */
export function stopOnSignals(
  signals: readonly NodeJS.Signals[],
  stop: () => Promise<void>,
  logger: Logger,
): () => void {
  const handler = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, "stopping");
    stop().catch((error: unknown) => {
      logger.error({ signal, error: error instanceof Error ? error.name : "unknown" }, "the stop was not clean");
      process.exitCode = 1;
    });
  };
  for (const signal of signals) process.on(signal, handler);
  return () => {
    for (const signal of signals) process.off(signal, handler);
  };
}
