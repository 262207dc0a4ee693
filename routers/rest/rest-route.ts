import type { AnyTRPCProcedure, AnyTRPCRouter } from "@trpc/server";
import { callerOf, type ProcedureCall } from "../one-step.ts";
import type { ProcedureMeta } from "../trpc.ts";
import { type InputField, inputFields } from "./input-fields.ts";

/** One procedure as REST sees it. */
export interface RestRoute {
  /** Its path in the router: `degradation.status`. */
  readonly procedure: string;
  readonly type: "query" | "mutation" | "subscription";
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `/api/v4/alerts/{id}/resolve` */
  readonly path: string;
  readonly meta: ProcedureMeta;
  /** Every field of its input, and where a request has it. */
  readonly fields: readonly InputField[];
  /** What its input and its output are, as Zod has them. */
  readonly inputs: readonly unknown[];
  readonly output: unknown;
  /** The procedure itself, with all its checks. */
  readonly call: (call: ProcedureCall) => Promise<unknown>;
}

/** What is read of a procedure. tRPC keeps it under `_def`, without a type: its version is pinned for this. */
interface Definition {
  readonly type: RestRoute["type"];
  readonly meta?: Partial<ProcedureMeta>;
  readonly inputs: readonly unknown[];
  readonly output?: unknown;
}

/** Every procedure of a router that has a place in REST, in the router's order. A host's own ones may have none. */
export function restRoutes(router: AnyTRPCRouter): readonly RestRoute[] {
  const procedures = Object.entries<AnyTRPCProcedure>(router._def.procedures);
  return procedures.flatMap(([procedure, called]) => {
    const { type, meta, inputs, output } = called._def as unknown as Definition;
    if (!isOurs(meta)) return [];
    const [method, path] = meta.rest.split(" ", 2) as [RestRoute["method"], string];
    const route = { procedure, type, method, path, meta, inputs, output };
    return [{ ...route, fields: inputFields(route), call: callerOf(called) }];
  });
}

/** Which router it is of: `degradation`. */
export const areaOf = (procedure: string): string => procedure.split(".", 1)[0] ?? procedure;

const isOurs = (meta: Partial<ProcedureMeta> | undefined): meta is ProcedureMeta =>
  meta?.rest !== undefined && meta.permission !== undefined && meta.summary !== undefined;
