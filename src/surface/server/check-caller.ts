import { isLoopback } from "./loopback.ts";
import type { Reach } from "./reach.ts";

export interface CallerHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

type Names = Pick<Reach, "scheme" | "isLocal" | "publicOrigins" | "cors">;

const LOCAL: Names = { scheme: "http", isLocal: true, publicOrigins: new Set(), cors: new Set() };

/**
 * What keeps a web page in a person's own browser away: a page of another site sends its Origin, and one whose DNS name
 * was made to point here sends that name as Host.
 *
 * @returns why the caller is turned away; undefined when it is not
 */
export function turnAway({ host, origin }: CallerHeaders, port: number, names: Names = LOCAL): string | undefined {
  const { scheme, publicOrigins, cors } = names;
  const ours = host === undefined ? undefined : originsOf(host, port, names);
  if (host === undefined || ours === undefined)
    return publicOrigins.size === 0
      ? `The Host header must name this machine's loopback address with port ${port}.`
      : `The Host header must name this server: ${[...publicOrigins].join(", ")}.`;
  if (origin === undefined) return undefined;
  const given = origin.toLowerCase();
  const accepted = ours.length > 0 ? ours : [`${scheme}://${host.toLowerCase()}`];
  if (accepted.includes(given) || cors.has(given)) return undefined;
  return "The Origin header must be absent or name this server.";
}

/** The public origins that a Host header stands for, none for this machine's own; undefined when it names another. */
function originsOf(host: string, port: number, { scheme, isLocal, publicOrigins }: Names): string[] | undefined {
  const named = [...publicOrigins].filter((origin) => origin.endsWith(`://${host.toLowerCase()}`));
  if (named.length > 0) return named;
  if (!isLocal) return undefined;
  const parts = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(host);
  // Browsers leave the port out where it is the scheme's own.
  const schemesPort = scheme === "https" ? 443 : 80;
  return parts?.[1] !== undefined && isLoopback(parts[1]) && Number(parts[2] ?? schemesPort) === port ? [] : undefined;
}
