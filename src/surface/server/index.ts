/**
 * `holdfast/server`: serves a runtime over HTTP on this machine.
 *
 * @example
 * await using server = await serveRuntime({ runtime: () => createRuntime({ dataDirectory: "./data", operations }) });
 *
 * @module
 */
export {
  fastifyHoldfast,
  type FastifyHoldfastOptions,
  type HostFastify,
  type HostRequest,
  type MountOptions,
} from "./adapters/fastify-holdfast.ts";
export { type FetchHandlerOptions, holdfastFetchHandler } from "./adapters/fetch-handler.ts";
export { type DevelopmentAccess, readBootstrapToken } from "./access/credentials-at-start.ts";
export { banner, type BannerGraph, type BannerOptions, withoutCredentials } from "./banner.ts";
export type { DevelopmentFault, DevelopmentFaults } from "../../../routers/app.router.ts";
export type { Readiness } from "./health-routes.ts";
export { jsonLogger } from "./json-logger.ts";
export type { Problem } from "./problem.ts";
export { type RuntimeServer, serveRuntime, type ServeOptions } from "./serve-runtime.ts";
export type { TlsOptions } from "./reach.ts";
export type { ServerMode, ServerPhase } from "./served.ts";
