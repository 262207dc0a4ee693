import type { FastifyInstance } from "fastify";
import type { Mode } from "../../../machines/contracts/modes.ts";
import type { Answering } from "./served.ts";

/** What `/readyz` answers. Degraded is ready: work is still accepted, and nothing of it is lost. */
export interface Readiness {
  readonly status: "ready" | "degraded" | "starting" | "stopping" | "storage_lost";
  /** The modes in force, most severe first. */
  readonly modes: readonly Mode[];
}

export function readiness({ phase, runtime }: Answering): Readiness {
  if (phase === "starting" || runtime === undefined || runtime.phase === "opened")
    return { status: "starting", modes: [] };
  if (phase === "ready" && runtime.phase === "storage_lost") return { status: "storage_lost", modes: [] };
  if (phase !== "ready" || runtime.phase !== "running") return { status: "stopping", modes: [] };
  const modes = [...new Set(runtime.status().control.policy.modes.map(({ mode }) => mode))];
  return { status: modes.some((mode) => mode !== "normal") ? "degraded" : "ready", modes };
}

/** For whoever watches the process: `/livez` while it lives, `/readyz` while it takes work. */
export function addHealthRoutes(app: FastifyInstance, served: Answering): void {
  app.get("/livez", () => ({ status: "alive" }));
  app.get("/readyz", (_request, reply) => {
    const answer = readiness(served);
    return reply.code(answer.status === "ready" || answer.status === "degraded" ? 200 : 503).send(answer);
  });
}
