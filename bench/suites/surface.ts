import type { Finding } from "../entry.ts";
import type { SuiteContext } from "../suite.ts";
import { clientRoundTrip } from "./client-round-trip.ts";
import { consoleInBrowser } from "./console-in-browser.ts";
import { startToReady } from "./start-to-ready.ts";
import { subscribers } from "./subscribers.ts";
import { surfaceRequests } from "./surface-requests.ts";

/* What was promised of the control surface. Each part has its server to itself, one after the other. */

export async function* suite(context: SuiteContext): AsyncIterable<Finding> {
  yield* startToReady(context);
  yield* surfaceRequests(context);
  yield* clientRoundTrip(context);
  yield* subscribers(context);
  yield* consoleInBrowser(context);
}
