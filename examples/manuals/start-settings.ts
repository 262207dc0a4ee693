import { z } from "zod";

/** Where the manuals' graph is. */
export type GraphSettings =
  | { readonly kind: "embedded" }
  | { readonly kind: "neo4j"; readonly uri: string; readonly username: string; readonly password: string };

export interface StartSettings {
  readonly port: number;
  readonly dataDirectory: string;
  readonly graph: GraphSettings;
  readonly logLevel: "debug" | "info" | "warn" | "error";
}

/** A value in the environment that cannot be used; the message is one line for a terminal. */
export class SettingError extends Error {}

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

const environmentSchema = z.object({
  HOLDFAST_PORT: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .refine((port) => port <= 65_535)
    .default(4_400),
  HOLDFAST_DATA: z.string().min(1).default("./data"),
  HOLDFAST_LOG: z.enum(LOG_LEVELS).default("warn"),
  NEO4J_URI: z.string().min(1).optional(),
  NEO4J_USERNAME: z.string().min(1).default("neo4j"),
  NEO4J_PASSWORD: z.string().optional(),
});

const EXPECTED: Readonly<Record<string, string>> = {
  HOLDFAST_PORT: "a port from 0 (a free one) to 65535",
  HOLDFAST_DATA: "the path of a folder",
  HOLDFAST_LOG: `one of ${LOG_LEVELS.join(", ")}`,
  NEO4J_URI: "an address like neo4j://host:7687",
  NEO4J_USERNAME: "a name",
};

/** Reads the environment. Values are not repeated in messages: people put passwords into addresses. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): StartSettings {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0] ?? "the environment");
    throw new SettingError(`${name} must be ${EXPECTED[name] ?? "valid"}.`);
  }
  const {
    HOLDFAST_PORT: port,
    HOLDFAST_DATA: dataDirectory,
    HOLDFAST_LOG: logLevel,
    NEO4J_URI: uri,
    NEO4J_USERNAME: username,
    NEO4J_PASSWORD: password,
  } = parsed.data;
  if (uri === undefined) return { port, dataDirectory, logLevel, graph: { kind: "embedded" } };
  if (password === undefined)
    throw new SettingError(
      "NEO4J_URI is set, but NEO4J_PASSWORD is not: set it, or unset NEO4J_URI to use the embedded graph.",
    );
  return { port, dataDirectory, logLevel, graph: { kind: "neo4j", uri, username, password } };
}
