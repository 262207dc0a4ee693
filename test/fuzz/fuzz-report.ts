import { findLeaks } from "./find-leaks.ts";
import type { Trial } from "./fuzz-procedure.ts";

export interface ProcedureReport {
  requests: number;
  /** Answers by their kind: `2xx`, `4xx`, `5xx`, and `0` for a connection that broke. */
  answers: Record<string, number>;
  valid: number;
  succeeded: number;
}

/** Something that must not be, with what it takes to see it again. */
export interface Finding {
  readonly procedure: string;
  readonly what: string;
  readonly request: string;
  readonly answer: string;
}

export interface FuzzReport {
  readonly seed: number;
  requests: number;
  /** Of the valid requests, how many succeeded: 0 to 1. */
  validSucceeded: number;
  serverErrors: number;
  leaks: number;
  /** Problems with a code that the document does not have for their procedure. */
  undescribed: number;
  /** What ought to be refused and was not. */
  accepted: number;
  readonly byProcedure: Record<string, ProcedureReport>;
  /** The first of each kind. */
  readonly findings: Finding[];
}

const FINDINGS_AT_MOST = 50;

/** Judges answers from outside: nothing here knows how they were made. */
export class FuzzJudge {
  readonly report: FuzzReport;
  readonly #secrets: readonly string[];
  #valid = 0;
  #succeeded = 0;

  constructor(seed: number, secrets: readonly string[]) {
    this.#secrets = secrets;
    this.report = {
      seed,
      requests: 0,
      validSucceeded: 1,
      serverErrors: 0,
      leaks: 0,
      undescribed: 0,
      accepted: 0,
      byProcedure: {},
      findings: [],
    };
  }

  judge(trial: Trial): void {
    const { report } = this;
    const { described, sent, isValid, received } = trial;
    const { status } = received;
    const procedure = (report.byProcedure[described.operationId] ??= {
      requests: 0,
      answers: {},
      valid: 0,
      succeeded: 0,
    });
    const kind = status === 0 ? "0" : `${Math.floor(status / 100)}xx`;
    report.requests += 1;
    procedure.requests += 1;
    procedure.answers[kind] = (procedure.answers[kind] ?? 0) + 1;
    if (isValid) {
      const hasSucceeded = status >= 200 && status < 300;
      procedure.valid += 1;
      this.#valid += 1;
      if (hasSucceeded) {
        procedure.succeeded += 1;
        this.#succeeded += 1;
      } else this.#find(trial, "a valid request that did not succeed");
      report.validSucceeded = this.#succeeded / this.#valid;
    }
    if (status === 0 || (status >= 500 && !isTruthful(trial))) {
      report.serverErrors += 1;
      this.#find(trial, status === 0 ? "a broken connection" : "a server error");
    }
    if (!isValid && status >= 200 && status < 300) {
      report.accepted += 1;
      this.#find(trial, "a broken request that was accepted");
    }
    const code = problemCode(trial);
    if (code !== undefined && !described.reasons.has(code)) {
      report.undescribed += 1;
      this.#find(trial, `a reason that is not described: ${code}`);
    }
    const said = `${decodeURIComponent(sent.target.replaceAll(/%(?![0-9a-fA-F]{2})|%[cC]3%28/g, ""))} ${String(sent.body)}`;
    for (const leak of findLeaks(received, said, this.#secrets)) {
      report.leaks += 1;
      this.#find(trial, `a leak: ${leak}`);
    }
  }

  #find({ described, sent, received }: Trial, what: string): void {
    if (this.report.findings.length >= FINDINGS_AT_MOST) return;
    const body = sent.body === undefined ? "" : ` ${String(sent.body).slice(0, 300)}`;
    this.report.findings.push({
      procedure: described.operationId,
      what,
      request: `${sent.method} ${sent.target.slice(0, 300)}${body}`,
      answer: `${received.status} ${received.text.slice(0, 600)}`,
    });
  }
}

/** A 5xx that says what is so: an operation that failed by itself, or something that is not to be had now. */
function isTruthful({ received: { status, text } }: Trial): boolean {
  const answer = parsed(text);
  if (answer === undefined) return false;
  if (status === 503) return "code" in answer || "status" in answer;
  return answer["status"] === "failed" && "effect" in answer;
}

function problemCode({ received: { text, headers } }: Trial): string | undefined {
  if (!headers.includes("application/problem+json")) return undefined;
  const code = parsed(text)?.["code"];
  return typeof code === "string" ? code : undefined;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Why a run is no success; empty where it is one. */
export function shortcomings({ byProcedure, ...report }: FuzzReport, procedures: readonly string[]): string[] {
  const unreached = procedures.filter((name) => {
    const answers = byProcedure[name]?.answers ?? {};
    return (answers["2xx"] ?? 0) === 0 || (answers["4xx"] ?? 0) === 0;
  });
  return [
    ...(unreached.length > 0 ? [`without a 2xx or without a 4xx: ${unreached.join(", ")}`] : []),
    ...(report.validSucceeded < 0.9
      ? [`${Math.round(report.validSucceeded * 100)} % of valid requests succeeded`]
      : []),
    ...(report.serverErrors > 0 ? [`${report.serverErrors} server errors`] : []),
    ...(report.leaks > 0 ? [`${report.leaks} leaks`] : []),
    ...(report.undescribed > 0 ? [`${report.undescribed} reasons that are not in the document`] : []),
    ...(report.accepted > 0 ? [`${report.accepted} broken requests were accepted`] : []),
  ];
}
