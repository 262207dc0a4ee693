import { isLoopback } from "./loopback.ts";

export interface CallerHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

/**
 * What keeps a web page in the operator's own browser away, as long as there are no credentials: a page of another
 * site sends its Origin, and one whose DNS name was made to point here sends that name as Host.
 *
 * @returns why the caller is turned away; undefined when it is not
 */
export function turnAway({ host, origin }: CallerHeaders, port: number): string | undefined {
  if (host === undefined || !isOurs(host, port))
    return `The Host header must name this machine's loopback address with port ${port}.`;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`)
    return "The Origin header must be absent or name this server.";
  return undefined;
}

function isOurs(host: string, port: number): boolean {
  const parts = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(host);
  // Browsers leave the port out where it is the scheme's own.
  return parts?.[1] !== undefined && isLoopback(parts[1]) && Number(parts[2] ?? 80) === port;
}
