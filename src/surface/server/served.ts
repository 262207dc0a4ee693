import type { DevelopmentFaults } from "../../../routers/app.router.ts";
import type { Runtime } from "../../runtime.ts";

/**
 * - `starting`: the address is ours, the journal is not open yet.
 * - `ready`: serving.
 * - `stopping`: from the signal on; new work is refused, what is in flight ends or goes back to disk.
 * - `stopped`: the runtime has stopped and nobody is listened to.
 */
export type ServerPhase = "starting" | "ready" | "stopping" | "stopped";

/** What the routes know of the runtime that they serve. */
export interface Served {
  readonly phase: ServerPhase;
  /** Absent while `starting`. */
  readonly runtime: Runtime | undefined;
  readonly port: number;
  /** In development only. */
  readonly faults?: DevelopmentFaults;
}
