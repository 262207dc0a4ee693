/**
 * `holdfast/client`: a typed client for a Holdfast server, in Node and in browsers. Types and a thin HTTP link, no
 * server code.
 *
 * @example
 * const holdfast = createHoldfastClient({ url: "http://127.0.0.1:4400", token });
 * const outcome = await holdfast.operations.submit.mutate({ name: "document.ingest", input });
 * if (outcome.status === "refused") console.log(outcome.reason, outcome.retryAfterSeconds);
 *
 * for await (const change of holdfast.degradation.watch.subscribe()) console.log(change.explanation);
 *
 * @module
 */
export type { TokenSource } from "./authorized-fetch.ts";
export { type CallErrorOptions, type ClientReason, HoldfastCallError, holdfastErrorOf } from "./call-error.ts";
export { type CallOptions, callOptions } from "./call-options.ts";
export type {
  Followed,
  HoldfastClient,
  HoldfastInputs,
  HoldfastOutputs,
  Subscribe,
  Subscriber,
} from "./client-types.ts";
export { createHoldfastClient, type HoldfastClientOptions } from "./create-client.ts";
export { safe, type SafeResult } from "./safe.ts";
export type { AppRouter, ErrorData } from "../../../routers/app.router.ts";
