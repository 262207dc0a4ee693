import { CommanderError } from "commander";
import { HoldfastError } from "../../errors.ts";
import { HoldfastCallError } from "../client/index.ts";

/** How a command ends. Documented in `--help`; scripts count on them. */
export const EXIT = {
  done: 0,
  failed: 1,
  badUse: 2,
  refused: 3,
  notFound: 4,
  notConnected: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    failed; the message says by what
  2    not a command that can be understood: a wrong option, a reason missing
  3    refused: no or a wrong token, a permission missing, or not in the state for it
  4    there is no such thing
  5    no Holdfast server could be reached at the url
  130  interrupted
`;

/** What a command found, for people. Its exit code is its own. */
export class CommandError extends Error {
  readonly reason: string;
  readonly exitCode: ExitCode;

  constructor(reason: string, message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.name = "CommandError";
    this.reason = reason;
    this.exitCode = exitCode;
  }
}

const BY_REASON: Readonly<Record<string, ExitCode>> = {
  not_connected: EXIT.notConnected,
  not_holdfast: EXIT.notConnected,
  unauthenticated: EXIT.refused,
  invalid_token: EXIT.badUse,
  invalid_option: EXIT.badUse,
  aborted: EXIT.interrupted,
};

const BY_STATUS: Readonly<Record<number, ExitCode>> = {
  400: EXIT.badUse,
  401: EXIT.refused,
  403: EXIT.refused,
  404: EXIT.notFound,
  409: EXIT.refused,
  422: EXIT.badUse,
};

export interface Told {
  readonly exitCode: ExitCode;
  readonly reason: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** What went wrong, in the words of a command line. */
export function told(error: unknown): Told {
  if (error instanceof HoldfastCallError) {
    const { reason, retryable, httpStatus } = error;
    const exitCode = BY_REASON[reason] ?? BY_STATUS[httpStatus ?? 0] ?? EXIT.failed;
    const hint = HINTS[reason] ?? "";
    return { exitCode, reason, message: `${error.message}${hint}`, retryable };
  }
  if (error instanceof CommandError)
    return { exitCode: error.exitCode, reason: error.reason, message: error.message, retryable: false };
  if (error instanceof HoldfastError)
    return { exitCode: EXIT.failed, reason: error.code, message: error.message, retryable: error.retryable };
  if (error instanceof CommanderError)
    return { exitCode: EXIT.badUse, reason: "bad_use", message: error.message, retryable: false };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: EXIT.failed, reason: "internal_error", message, retryable: false };
}

const HINTS: Readonly<Record<string, string>> = {
  not_connected: " Is a server running there? --url or HOLDFAST_URL says where.",
  unauthenticated: " Give a token by HOLDFAST_TOKEN or --token-file.",
};
