import type { RuntimeStatus } from "../../runtime-status.ts";
import type { DevelopmentAccess } from "./access/credentials-at-start.ts";
import { packageVersion } from "./package-version.ts";

/** Where the graph is, as a person may see it. */
export type BannerGraph = { readonly kind: "embedded" } | { readonly kind: "neo4j"; readonly uri: string };

export interface BannerOptions {
  readonly url: string;
  readonly status: RuntimeStatus;
  readonly dataDirectory: string;
  readonly graph: BannerGraph;
  /** What development has for the person at the terminal. */
  readonly access?: DevelopmentAccess | undefined;
}

const LABEL_WIDTH = 11;

const line = (label: string, text: string): string => `  ${label.padEnd(LABEL_WIDTH)}${text}`;

/** The first thing that a person sees: what runs, where, and how it is. Prints only what exists. */
export function banner({ url, status, dataDirectory, graph, access }: BannerOptions): string {
  return [
    "",
    `  Holdfast ${packageVersion()}${access === undefined ? "" : " · development"} · node ${process.versions.node}`,
    ...(access?.link === undefined
      ? []
      : [line("console", `${url}/?token=${access.link}   (signs you in, once; valid on this machine only)`)]),
    ...(access === undefined ? [] : [line("token", tokenText(access))]),
    line("tRPC", `${url}/trpc     REST  /api/v4     OpenAPI  /api/v4/openapi.json`),
    line("health", `${url}/livez   ${url}/readyz`),
    line("data", `${dataDirectory}  (SQLite, fsync on)`),
    line(
      "graph",
      graph.kind === "embedded"
        ? "embedded  (set NEO4J_URI for a real one)"
        : `neo4j  ${withoutCredentials(graph.uri)}`,
    ),
    line("mode", modeText(status)),
    "",
  ].join("\n");
}

function tokenText({ token, link }: DevelopmentAccess): string {
  if (token !== undefined) return `${token}   (shown this once; for Authorization: Bearer)`;
  const made = link === undefined ? "was revoked" : "was shown at the first start";
  return `${made}; make another in the console, or with: npx holdfast token create`;
}

function modeText({ control: { policy }, queue: { counts }, dependencies }: RuntimeStatus): string {
  const modes = [...new Set(policy.modes.map(({ mode }) => mode))].join(" + ") || "normal";
  const queued = counts.ready + counts.scheduled + counts.blocked;
  const needsPerson = counts.dead === 0 ? "" : ` · ${counts.dead} dead ${counts.dead === 1 ? "letter" : "letters"}`;
  const states = dependencies.map(({ name }) => `${name} ${policy.dependencies[name]?.state ?? "ownerless"}`);
  return `${modes} · ${queued} queued${needsPerson} · dependencies: ${states.join(", ") || "none"}`;
}

/**
 * A person may have written a password into the address; a terminal is no place for it. All up to the last `@` goes,
 * as a password may hold any character, and so do parameters.
 */
export function withoutCredentials(uri: string): string {
  return uri.replace(/^([a-z0-9+.-]+:\/\/)?.*@/is, "$1").replace(/[?#].*$/s, "");
}
