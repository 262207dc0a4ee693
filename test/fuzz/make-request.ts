import type { Described } from "./document.ts";
import type { Sent } from "./send.ts";

export type Values = Readonly<Record<string, unknown>>;

/** A request that carries these values, each where the document wants it. */
export function makeRequest(
  { method, path, fields }: Described,
  values: Values,
  headers: Readonly<Record<string, string>>,
): Sent {
  const query = new URLSearchParams();
  const body: Record<string, unknown> = {};
  let target = path;
  for (const { name, where } of fields) {
    if (!(name in values)) continue;
    const value = values[name];
    if (where === "path") target = target.replace(`{${name}}`, encodeURIComponent(String(value)));
    else if (where === "body") body[name] = value;
    else for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
  }
  const carriesBody = method !== "GET" && method !== "DELETE";
  return {
    method,
    target: query.size === 0 ? target : `${target}?${query.toString()}`,
    headers: { ...headers, ...(carriesBody && { "content-type": "application/json" }) },
    ...(carriesBody && { body: JSON.stringify(body) }),
  };
}
