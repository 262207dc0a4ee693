import type { FastifyRequest } from "fastify";
import type { DevelopmentFaults } from "../../../routers/app.router.ts";
import type { Runtime } from "../../runtime.ts";
import type { Caller, Gate } from "./access/gate.ts";
import type { Reach } from "./reach.ts";

/**
 * - `starting`: the address is ours, the journal is not open yet.
 * - `ready`: serving.
 * - `stopping`: from the signal on; new work is refused, what is in flight ends or goes back to disk.
 * - `stopped`: the runtime has stopped and nobody is listened to.
 */
export type ServerPhase = "starting" | "ready" | "stopping" | "stopped";

/** `development` makes credentials by itself and is for this machine only; `production` asks for real ones. */
export type ServerMode = "development" | "production";

/** What answering a call takes, whoever listens: our server, or a host that mounts ours in its own. */
export interface Answering {
  readonly phase: ServerPhase;
  /** Absent while `starting`. */
  readonly runtime: Runtime | undefined;
  /** In development only. */
  readonly faults?: DevelopmentFaults;
  readonly gate: { callerOf(request: FastifyRequest, runtime: Runtime): Caller };
}

/** What the routes know of the runtime that they serve. */
export interface Served extends Answering {
  readonly port: number;
  readonly mode: ServerMode;
  readonly gate: Gate;
  readonly reach: Reach;
}
