import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { DevelopmentFaults } from "../../../routers/app.router.ts";
import { HoldfastError } from "../../errors.ts";
import { type Logger, silentLogger } from "../../ports.ts";
import type { Runtime } from "../../runtime.ts";
import { addConsoleRoutes } from "./console-routes.ts";
import { addHealthRoutes } from "./health-routes.ts";
import { createHttpApp } from "./http-app.ts";
import { LIMITS } from "./limits.ts";
import { assertLoopback } from "./loopback.ts";
import { addRestRoutes } from "./rest-routes.ts";
import type { ServerPhase } from "./served.ts";
import { stopOnSignals } from "./stop-on-signals.ts";
import { addTrpcRoute } from "./trpc-route.ts";

export interface ServeOptions {
  /**
   * The runtime, or how to open it. Where it is to be opened, that happens once the address is ours, so that a taken
   * port touches no journal; meanwhile `/readyz` says `starting`. The server stops it in either case.
   */
  readonly runtime: Runtime | (() => Promise<Runtime>);
  /** A loopback address; default `127.0.0.1`. */
  readonly host?: string;
  /** Default 4400; 0 for a free one. */
  readonly port?: number;
  readonly logger?: Logger;
  /** The signals that stop it; default SIGTERM and SIGINT. Empty where the host process has its own. */
  readonly stopOn?: readonly NodeJS.Signals[];
  /** What people may do to the service in development, to see how it answers. Never give any in production. */
  readonly faults?: DevelopmentFaults;
}

/** A server that is ready. */
export interface RuntimeServer extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly port: number;
  /** Where it is, without a slash at the end: `http://127.0.0.1:4400`. */
  readonly url: string;
  readonly phase: ServerPhase;
  /**
   * From now on `/readyz` answers 503 and new work is refused; what is in flight ends or goes back to disk; then the
   * address is given back. Idempotent.
   */
  stop(): Promise<void>;
  /** Settles when it has stopped, by whatever means; rejects when that was not clean. */
  readonly stopped: Promise<void>;
}

/**
 * Serves a runtime over HTTP on this machine: the console at `/`, tRPC at `/trpc`, REST at `/api/v4`, `/livez` and
 * `/readyz`. Resolves when it is ready.
 *
 * @throws MisuseError `address_not_loopback`
 * @throws HoldfastError `address_in_use`, `address_unavailable`; and whatever opening the runtime throws
 */
export async function serveRuntime(options: ServeOptions): Promise<RuntimeServer> {
  const { port = 4400, logger = silentLogger, stopOn = ["SIGTERM", "SIGINT"] } = options;
  const host = (options.host ?? "127.0.0.1").replace(/^\[(.*)\]$/, "$1");
  assertLoopback(host);
  const served: { phase: ServerPhase; runtime: Runtime | undefined; port: number; faults?: DevelopmentFaults } = {
    phase: "starting",
    runtime: undefined,
    port,
    ...(options.faults !== undefined && { faults: options.faults }),
  };
  const app = createHttpApp(served, logger);
  addHealthRoutes(app, served);
  addConsoleRoutes(app, logger);
  addTrpcRoute(app, served, logger);
  addRestRoutes(app, served, logger);
  served.port = await listen(app, host, port);

  const opening = open(options.runtime);
  const stopped = Promise.withResolvers<void>();
  // Whoever does not ask how it stopped is not to be killed by the answer.
  stopped.promise.catch(() => {});
  const forgetSignals = stopOnSignals(stopOn, stop, logger);

  let runtime: Runtime;
  try {
    runtime = await opening;
  } catch (error) {
    forgetSignals();
    await close(app);
    throw error;
  }
  served.runtime = runtime;
  if (served.phase === "starting") served.phase = "ready";

  return {
    runtime,
    port: served.port,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${served.port}`,
    get phase() {
      return served.phase;
    },
    stopped: stopped.promise,
    stop: stopByCode,
    [Symbol.asyncDispose]: stopByCode,
  };

  function stopByCode(): Promise<void> {
    forgetSignals();
    return stop();
  }

  function stop(): Promise<void> {
    if (served.phase === "starting" || served.phase === "ready") {
      served.phase = "stopping";
      stopNow().then(stopped.resolve, stopped.reject);
    }
    return stopped.promise;
  }

  async function stopNow(): Promise<void> {
    try {
      await (await opening).stop();
    } finally {
      await close(app);
      served.phase = "stopped";
    }
  }
}

/** Asynchronous, so that an opener that throws at once is one whose promise rejects. */
const open = async (runtime: ServeOptions["runtime"]): Promise<Runtime> =>
  typeof runtime === "function" ? runtime() : runtime;

async function listen(app: FastifyInstance, host: string, port: number): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE")
      throw new HoldfastError("address_in_use", `Port ${port} on ${host} is taken by another process.`, {
        cause: error,
        retryable: true,
      });
    throw new HoldfastError(
      "address_unavailable",
      `Cannot listen on ${host}, port ${port} (${code ?? "unknown error"}).`,
      { cause: error },
    );
  }
  return (app.server.address() as AddressInfo).port;
}

/** Stops listening, lets answers be read for a moment, then cuts what is left. */
async function close(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), LIMITS.closeWithinMs);
  await app.close();
  clearTimeout(cut);
}
