import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The version of this package, from its own package.json, in the sources as in an installed package. */
export function packageVersion(): string {
  const file = createRequire(import.meta.url).resolve("holdfast/package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { readonly version: string };
  return version;
}
