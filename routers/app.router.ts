import { alertsRouter } from "./alerts.router.ts";
import { backupsRouter } from "./backups.router.ts";
import { deadLettersRouter } from "./dead-letters.router.ts";
import { degradationRouter } from "./degradation.router.ts";
import { dependenciesRouter } from "./dependencies.router.ts";
import { healthRouter } from "./health.router.ts";
import { incidentsRouter } from "./incidents.router.ts";
import { machinesRouter } from "./machines.router.ts";
import { liveRouter } from "./live.router.ts";
import { inOneStep } from "./one-step.ts";
import { operationsRouter } from "./operations.router.ts";
import { tokensRouter } from "./tokens.router.ts";
import { queueRouter } from "./queue.router.ts";
import { faultsRouter } from "./faults.router.ts";
import { createCallerFactory, router } from "./trpc.ts";

/**
 * Everything a remote caller can do, one router per area.
 *
 * A host that has a router of its own puts this one under a name in it. Its context then holds ours besides what its
 * own procedures need, and its principal is who its own sign-in has found; its error formatter may be ours, so that
 * both tell errors in one form. A host without an error formatter can also have both side by side, by `mergeRouters`;
 * the names of areas must then be free, and its errors are told in our form.
 *
 * @example
 * interface HostContext extends Context { readonly user: User }
 * const t = initTRPC.context<HostContext>().create({
 *   errorFormatter: ({ error, path, ctx }) => errorShape(error, { path, requestId: ctx?.requestId }),
 * });
 * const hostRouter = t.router({ orders: ordersRouter, holdfast: appRouter });
 * // createContext: (request) => ({ user, runtime, principal: { id: user.id, permissions: user.rights }, requestId })
 * // client: holdfast.degradation.status.query()
 */
export const appRouter = inOneStep(
  router({
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
  }),
);

export type AppRouter = typeof appRouter;

/** Calls the procedures in process: `createCaller({ runtime, principal, requestId }).degradation.status()`. */
export const createCaller = createCallerFactory(appRouter);

export type { Context } from "./context.ts";
export type { DevelopmentFault, DevelopmentFaults } from "./development-faults.ts";
export { type ErrorData, type ErrorShape, errorShape, type InputIssue } from "./error-shape.ts";
export { readPreferences, type RequestPreferences } from "./preferences.ts";
export { PERMISSIONS, type Permission } from "./permissions.ts";
