import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { DevelopmentFaults } from "../../../routers/app.router.ts";
import { HoldfastError, MisuseError } from "../../errors.ts";
import { type Logger, silentLogger } from "../../ports.ts";
import type { Runtime } from "../../runtime.ts";
import { addConsoleRoutes } from "./console-routes.ts";
import { credentialsAtStart, type DevelopmentAccess } from "./access/credentials-at-start.ts";
import { Gate } from "./access/gate.ts";
import { addSessionRoutes } from "./access/session-routes.ts";
import { addHealthRoutes } from "./health-routes.ts";
import { createHttpApp } from "./http-app.ts";
import { LIMITS } from "./limits.ts";
import { logRequests } from "./log-requests.ts";
import { addMetricsRoute } from "./metrics-route.ts";
import { reachOf, type TlsOptions } from "./reach.ts";
import { addRestRoutes } from "./rest-routes.ts";
import type { Served, ServerMode, ServerPhase } from "./served.ts";
import { stopOnSignals } from "./stop-on-signals.ts";
import { addTrpcRoute } from "./trpc-route.ts";

export interface ServeOptions {
  /**
   * The runtime, or how to open it. Where it is to be opened, that happens once the address is ours, so that a taken
   * port touches no journal; meanwhile `/readyz` says `starting`. The server stops it in either case.
   */
  readonly runtime: Runtime | (() => Promise<Runtime>);
  /** Default `127.0.0.1`. Any other than a loopback address asks for `tls` or `trustProxy`, and for `publicOrigins`. */
  readonly host?: string;
  /** Default 4400; 0 for a free one. */
  readonly port?: number;
  /**
   * `production` (the default) starts only where a token is live or `bootstrapToken` is given. `development` makes a
   * token at its first start, and is for this machine only.
   */
  readonly mode?: ServerMode;
  /** `none`: every caller may do everything, as `local-operator`. On loopback addresses only, and said in the log. */
  readonly authentication?: "tokens" | "none";
  /** A secret that an operator has chosen, which may do everything: how the first token comes to be. */
  readonly bootstrapToken?: string | undefined;
  readonly tls?: TlsOptions;
  /** Addresses or networks of the proxies that end TLS in front of it. Nobody else may call it then. */
  readonly trustProxy?: readonly string[];
  /** Under which addresses it is called from elsewhere: `["https://holdfast.example.org"]`. */
  readonly publicOrigins?: readonly string[];
  /** Lets callers on this machine read `/metrics` without a token. Default false. */
  readonly openMetrics?: boolean;
  /** Origins whose pages may call it with a token. None by default. */
  readonly cors?: readonly string[];
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
  /** In development: how the person at the terminal comes in. */
  readonly access: DevelopmentAccess | undefined;
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
 * @throws MisuseError `address_not_loopback`, `public_origin_missing`, `no_credentials`
 * @throws InvalidValueError `invalid_option`, `invalid_token`
 * @throws HoldfastError `address_in_use`, `address_unavailable`; and whatever opening the runtime throws
 */
export async function serveRuntime(options: ServeOptions): Promise<RuntimeServer> {
  const { port = 4400, logger = silentLogger, stopOn = ["SIGTERM", "SIGINT"] } = options;
  const host = (options.host ?? "127.0.0.1").replace(/^\[(.*)\]$/, "$1");
  const { mode = "production", authentication = "tokens", tls } = options;
  const reach = reachOf({ ...options, host, mode, authentication });
  const gate = new Gate({
    authentication,
    runtime: () => served.runtime,
    port: () => served.port,
    foreignOrigins: reach.cors,
  });
  const served: Changing<Served> = {
    phase: "starting",
    runtime: undefined,
    port,
    mode,
    gate,
    reach,
    ...faultsOf(options),
  };
  const app = createHttpApp(served, logger, tls);
  addHealthRoutes(app, served);
  addConsoleRoutes(app, logger);
  addSessionRoutes(app, served);
  logRequests(app, served, logger);
  addMetricsRoute(app, served, options.openMetrics === true);
  addTrpcRoute(app, served, logger);
  addRestRoutes(app, served, logger);
  try {
    served.port = await listen(app, host, port);
  } catch (error) {
    gate.close();
    throw error;
  }

  const opening = open(options.runtime);
  const stopped = Promise.withResolvers<void>();
  // Whoever does not ask how it stopped is not to be killed by the answer.
  stopped.promise.catch(() => {});
  const forgetSignals = stopOnSignals(stopOn, stop, logger);

  let runtime: Runtime;
  let access: DevelopmentAccess | undefined;
  try {
    runtime = await opening;
    const wanted = { ...options, mode, authentication, logger };
    access = await credentialsAtStart(runtime, wanted).catch(async (error: unknown) => {
      await runtime.stop();
      throw error;
    });
  } catch (error) {
    forgetSignals();
    gate.close();
    await close(app);
    throw error;
  }
  served.runtime = runtime;
  gate.opened(runtime);
  if (authentication === "none")
    logger.warn({ port: served.port }, "authentication is off: every caller on this machine may do everything");
  if (served.phase === "starting") served.phase = "ready";

  return {
    runtime,
    port: served.port,
    access,
    url: `${reach.scheme}://${host.includes(":") ? `[${host}]` : host}:${served.port}`,
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
      gate.close();
      await (await opening).stop();
    } finally {
      await close(app);
      served.phase = "stopped";
    }
  }
}

/** @throws MisuseError `faults_in_production` */
function faultsOf({ faults, mode, authentication }: ServeOptions): Pick<Served, "faults"> {
  if (faults === undefined) return {};
  if (mode === "development" || authentication === "none") return { faults };
  throw new MisuseError("faults_in_production", "Faults are for development: leave `faults` out, or say so by `mode`.");
}

type Changing<Type> = { -readonly [Name in keyof Type]: Type[Name] };

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
