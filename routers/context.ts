import type { Principal } from "../src/operations/principal.ts";
import type { Runtime } from "../src/runtime.ts";
import type { RequestPreferences } from "./preferences.ts";
import type { DevelopmentFaults } from "./development-faults.ts";

/**
 * What every procedure gets. Made by whoever serves the router: our server, or a host that mounts it in its own.
 * Kept this small because it is part of the published types.
 */
export interface Context {
  readonly runtime: Runtime;
  /** Who acts, as proven by the server; never taken from an input. */
  readonly principal: Principal;
  /** Names the request in answers and logs. */
  readonly requestId: string;
  /** What the request asks for in headers, where it came with any: `readPreferences`. */
  readonly preferences?: RequestPreferences;
  /** In development only: what people may do to the service to see how it answers. */
  readonly faults?: DevelopmentFaults | undefined;
}
