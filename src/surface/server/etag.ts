import { hash } from "node:crypto";

/** Names what an answer says: the same text, the same tag. */
export const etagOf = (text: string): string => `"${hash("sha1", text, "base64url")}"`;

/** Whether a client has this very answer already, as its `If-None-Match` says. Compared weakly, as RFC 9110 asks. */
export function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((part) => {
    const tag = part.trim().replace(/^W\//, "");
    return tag === "*" || tag === etag;
  });
}
