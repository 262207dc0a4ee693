import type { FastifyInstance, FastifyRequest } from "fastify";
import { authorize } from "../../../routers/middleware/authorize.ts";
import { HoldfastError } from "../../errors.ts";
import type { Runtime } from "../../runtime.ts";
import type { Instrument } from "../../telemetry/instrument.ts";
import { PROMETHEUS_TYPE, prometheusText } from "../../telemetry/prometheus-text.ts";
import { sendRefusal } from "./access/guard-requests.ts";
import { isLoopback } from "./loopback.ts";
import type { Served } from "./served.ts";

/** `/metrics` in Prometheus' text format, for who may read the health, and for this machine where that was allowed. */
export function addMetricsRoute(app: FastifyInstance, served: Served, isOpenToLoopback: boolean): void {
  let requests = 0;
  app.addHook("onResponse", async () => {
    requests += 1;
  });

  app.get("/metrics", async (request, reply) => {
    try {
      const runtime = opened();
      if (!(isOpenToLoopback && isOnThisMachine(request)))
        authorize(served.gate.callerOf(request, runtime).principal, "health.read");
      return reply.type(PROMETHEUS_TYPE).send(prometheusText([...runtime.instruments(), ...own()]));
    } catch (error) {
      return sendRefusal(error, request, reply);
    }
  });

  function opened(): Runtime {
    if (served.runtime !== undefined) return served.runtime;
    throw new HoldfastError("starting", "The journal is being opened; ask again in a moment.", { retryable: true });
  }

  function own(): Instrument[] {
    const count = (name: string, unit: string, description: string, value: number): Instrument => ({
      name,
      unit,
      description,
      kind: "counter",
      samples: [{ labels: {}, value }],
    });
    return [
      count("holdfast.http.requests", "{request}", "Requests that were answered.", requests),
      count(
        "holdfast.authentication.failures",
        "{attempt}",
        "Credentials that proved nothing.",
        served.gate.failed.total,
      ),
    ];
  }

  /** What a proxy passes on comes from elsewhere, whatever it says of where. */
  function isOnThisMachine({ socket, headers }: FastifyRequest): boolean {
    return isLoopback(socket.remoteAddress ?? "") && !PASSED_ON.some((name) => headers[name] !== undefined);
  }
}

const PASSED_ON = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via"];
