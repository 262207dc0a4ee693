import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { PROBLEM_TYPE, problem } from "../problem.ts";
import { sendRefusal } from "../access/guard-requests.ts";
import type { HostGate } from "./host-gate.ts";

/** Tells the console who reads it. Signing in and out is done where the host does it. */
export function addHostSession(app: FastifyInstance, gate: HostGate): void {
  app.get("/session", async (request, reply) => {
    try {
      return await reply.send({ principal: await gate.prove(request), mode: "production" });
    } catch (error) {
      return sendRefusal(error, request, reply);
    }
  });
  app.route({ method: ["POST", "DELETE"], url: "/session", handler: elsewhere });
}

const elsewhere = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
  reply
    .code(403)
    .type(PROBLEM_TYPE)
    .send(
      problem(
        403,
        "signed_in_elsewhere",
        "People are signed in and out by the service that hosts this console.",
        request.id,
      ),
    );
