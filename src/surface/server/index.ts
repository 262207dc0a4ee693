/**
 * `holdfast/server`: serves a runtime over HTTP on this machine.
 *
 * @example
 * await using server = await serveRuntime({ runtime: () => createRuntime({ dataDirectory: "./data", operations }) });
 *
 * @module
 */
export { banner, type BannerGraph, type BannerOptions, withoutCredentials } from "./banner.ts";
export type { Readiness } from "./health-routes.ts";
export type { Problem } from "./problem.ts";
export { type RuntimeServer, serveRuntime, type ServeOptions } from "./serve-runtime.ts";
export type { ServerPhase } from "./served.ts";
