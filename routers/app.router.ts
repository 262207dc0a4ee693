import { alertsRouter } from "./alerts.router.ts";
import { backupsRouter } from "./backups.router.ts";
import { deadLettersRouter } from "./dead-letters.router.ts";
import { degradationRouter } from "./degradation.router.ts";
import { dependenciesRouter } from "./dependencies.router.ts";
import { healthRouter } from "./health.router.ts";
import { incidentsRouter } from "./incidents.router.ts";
import { machinesRouter } from "./machines.router.ts";
import { liveRouter } from "./live.router.ts";
import { operationsRouter } from "./operations.router.ts";
import { tokensRouter } from "./tokens.router.ts";
import { queueRouter } from "./queue.router.ts";
import { faultsRouter } from "./faults.router.ts";
import { createCallerFactory, router } from "./trpc.ts";

/**
 * Everything a remote caller can do, one router per area. A host can serve it beside its own procedures; it then
 * makes the `Context` itself, and with it the principal.
 */
export const appRouter = router({
  operations: operationsRouter,
  deadLetters: deadLettersRouter,
  degradation: degradationRouter,
  dependencies: dependenciesRouter,
  alerts: alertsRouter,
  queue: queueRouter,
  incidents: incidentsRouter,
  machines: machinesRouter,
  tokens: tokensRouter,
  live: liveRouter,
  health: healthRouter,
  backups: backupsRouter,
  faults: faultsRouter,
});

export type AppRouter = typeof appRouter;

/** Calls the procedures in process: `createCaller({ runtime, principal, requestId }).degradation.status()`. */
export const createCaller = createCallerFactory(appRouter);

export type { Context } from "./context.ts";
export type { DevelopmentFault, DevelopmentFaults } from "./development-faults.ts";
export { type ErrorData, type ErrorShape, errorShape, type InputIssue } from "./error-shape.ts";
export { readPreferences, type RequestPreferences } from "./preferences.ts";
export { PERMISSIONS, type Permission } from "./permissions.ts";
