/**
 * `holdfast/config`: the settings of a runtime, what holds where nothing else is said, and how to change some of it. For
 * packages that keep a service's settings apart from what starts it.
 *
 * @example
 * const config = configure({ queue: { maximumRows: 1_000_000 }, stopWithinMs: 20_000 });
 * console.log(config.queue.maximumRows, defaultConfig.queue.maximumRows);
 *
 * @module
 */
export { configure, defaultConfig } from "./presets.ts";
export { defaultTriggers } from "./triggers.ts";
export type * from "./types.ts";
export type { TriggerDefinition } from "../machines/contracts/triggers.ts";
