import { readFileSync } from "node:fs";
import { InvalidValueError, MisuseError } from "../../../errors.ts";
import type { Logger } from "../../../ports.ts";
import type { Runtime } from "../../../runtime.ts";
import type { ServerMode } from "../served.ts";

/** What development gives to the person at the terminal. */
export interface DevelopmentAccess {
  /** A token that may do everything, at the first start only: the store has nothing but its hash. */
  readonly token?: string;
  /** Signs a browser in, once; absent where the development token was revoked. */
  readonly link?: string;
}

export interface CredentialsOptions {
  readonly mode: ServerMode;
  readonly authentication: "tokens" | "none";
  readonly bootstrapToken?: string | undefined;
  readonly logger: Logger;
}

/**
 * Sees to it that somebody can come in. Development makes a token at its first start; production asks for one that is
 * there, or for a secret that an operator has chosen.
 *
 * @throws MisuseError `no_credentials`; InvalidValueError `invalid_token`
 */
export async function credentialsAtStart(
  { tokens }: Runtime,
  { mode, authentication, bootstrapToken, logger }: CredentialsOptions,
): Promise<DevelopmentAccess | undefined> {
  if (authentication === "none") return undefined;
  if (bootstrapToken !== undefined && !(await tokens.bootstrap(bootstrapToken)))
    logger.warn({}, "the bootstrap secret opens nothing: it was revoked or replaced; give another one, or none");
  if (mode === "production") {
    if (tokens.live > 0) return undefined;
    throw new MisuseError(
      "no_credentials",
      "Nobody could come in: no token is live. Make one before (`runtime.tokens.create`), give a bootstrap secret that was not revoked (HOLDFAST_BOOTSTRAP_TOKEN or HOLDFAST_BOOTSTRAP_TOKEN_FILE), or say that this is development.",
    );
  }
  const known = tokens.list({ limit: 1_000 }).rows.filter(({ kind }) => kind === "development");
  const live = known.find(({ status }) => status === "live");
  if (live !== undefined) return { link: tokens.sessions.link(live.id) };
  if (known.length > 0) return {};
  const { secret, token } = await tokens.create({
    name: "development",
    kind: "development",
    role: "admin",
    reason: "the first start in development",
  });
  return { token: secret, link: tokens.sessions.link(token.id) };
}

/**
 * The secret by which the first token is made, from `HOLDFAST_BOOTSTRAP_TOKEN`, or from the file that
 * `HOLDFAST_BOOTSTRAP_TOKEN_FILE` names (as container platforms mount secrets).
 *
 * @throws InvalidValueError `invalid_option` when the file cannot be read, or both are set
 */
export function readBootstrapToken(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { HOLDFAST_BOOTSTRAP_TOKEN: text, HOLDFAST_BOOTSTRAP_TOKEN_FILE: file } = environment;
  if (file === undefined) return text;
  const name = "HOLDFAST_BOOTSTRAP_TOKEN_FILE";
  if (text !== undefined)
    throw new InvalidValueError("invalid_option", name, `Set either HOLDFAST_BOOTSTRAP_TOKEN or ${name}.`);
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new InvalidValueError("invalid_option", name, `The file that ${name} names cannot be read.`, { cause });
  }
}
