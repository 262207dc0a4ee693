import { createStore } from "../data/store.ts";

/** Where the reader is: `#/operations/op_17?state=dead` is path `operations`, rest `op_17`. */
export interface Place {
  readonly path: string;
  readonly rest: string;
  readonly query: URLSearchParams;
}

/** In the fragment: the server serves one document, and a place can be sent to a colleague. */
export const place = createStore<Place>(read(location.hash));

addEventListener("hashchange", () => place.set(read(location.hash)));

export const hrefOf = (path: string, rest = "", query: Readonly<Record<string, string>> = {}): string => {
  const tail = rest === "" ? "" : `/${encodeURIComponent(rest)}`;
  const asked = new URLSearchParams(query).toString();
  return `#/${path}${tail}${asked === "" ? "" : `?${asked}`}`;
};

export function go(path: string, rest?: string, query?: Readonly<Record<string, string>>): void {
  location.hash = hrefOf(path, rest, query);
}

function read(hash: string): Place {
  const [where = "", asked = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [path = "", ...rest] = where.split("/");
  return { path, rest: decoded(rest.join("/")), query: new URLSearchParams(asked) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
