import { readDocument } from "./document.ts";
import { fuzzProcedure, type Fuzzing } from "./fuzz-procedure.ts";
import { FuzzJudge, type FuzzReport, shortcomings } from "./fuzz-report.ts";
import { SCENES } from "./scenes.ts";
import { send } from "./send.ts";
import { startService } from "./start-service.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** Valid requests of each procedure. */
  readonly valid: number;
  /** These procedures only; all when empty. */
  readonly only: readonly string[];
}

export interface FuzzResult {
  readonly report: FuzzReport;
  readonly shortcomings: readonly string[];
}

/** Starts a service, reads what it says of itself, and sends all of it what should and what should not be taken. */
export async function runFuzz(
  { seed, valid, only }: FuzzOptions,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<FuzzResult> {
  await using service = await startService();
  const { url, token, viewer, secrets } = service;
  const credentials = { authorization: `Bearer ${token}` };
  const described = (await readDocument(url, credentials)).filter(
    ({ operationId }) => only.length === 0 || only.includes(operationId),
  );
  const judge = new FuzzJudge(seed, secrets);
  const fuzzing: Fuzzing = {
    seed,
    valid,
    credentials,
    strangers: [
      {},
      { authorization: "Bearer hf_nobody" },
      { authorization: `Basic ${Buffer.from(`admin:${token}`).toString("base64")}` },
    ],
    onlooker: { authorization: `Bearer ${viewer}` },
    send: (sent, isStream) => send(url, sent, isStream),
    ask: async (request, body) => {
      const [method = "GET", target = "/"] = request.split(" ", 2);
      const headers = { ...credentials, ...(body !== undefined && { "content-type": "application/json" }) };
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const { status, text: answer } = await send(url, { method, target, headers, ...text }, false);
      return { status, json: answer === "" ? undefined : JSON.parse(answer) };
    },
  };
  for (const each of described) {
    progress(each.operationId);
    for await (const trial of fuzzProcedure(each, SCENES[each.operationId] ?? {}, fuzzing)) {
      signal.throwIfAborted();
      judge.judge(trial);
    }
    if (!service.isAlive()) throw new Error(`the service died of ${each.operationId}`);
  }
  const { report } = judge;
  return {
    report,
    shortcomings: shortcomings(
      report,
      described.map(({ operationId }) => operationId),
    ),
  };
}
