/*
 * One cookie per port: browsers send those of a host to all its ports, and two services on one machine would sign each
 * other out. Over TLS the name's prefix has the browser see to it that no other host and no plain page has set it.
 */

const nameOf = (port: number, isSecure: boolean): string => `${isSecure ? "__Host-" : ""}holdfast_session_${port}`;

/** No script reads it, and no request that begins at another site carries it. */
const ATTRIBUTES = "Path=/; HttpOnly; SameSite=Strict";

export function sessionCookie(secret: string, lifeMs: number, port: number, isSecure: boolean): string {
  const seconds = Math.max(0, Math.floor(lifeMs / 1_000));
  return `${nameOf(port, isSecure)}=${secret}; ${ATTRIBUTES}${isSecure ? "; Secure" : ""}; Max-Age=${seconds}`;
}

export const noSessionCookie = (port: number, isSecure: boolean): string => sessionCookie("", 0, port, isSecure);

/** The session's secret in a Cookie header. */
export function sessionOf(header: string | undefined, port: number): string | undefined {
  if (header === undefined) return undefined;
  const names = [nameOf(port, true), nameOf(port, false)];
  for (const pair of header.split(";")) {
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    if (names.includes(name.trim()) && value.trim() !== "") return value.trim();
  }
  return undefined;
}
