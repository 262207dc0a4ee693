import type { Fault } from "./fault.ts";
import { plantOf } from "./plant.ts";
import { runTests, type TestResult } from "./run-tests.ts";

export interface Shown {
  readonly fault: string;
  readonly invariant: number | null;
  /** `file > test`; null when it was not caught. */
  readonly caughtBy: string | null;
  /** The first line of what the test said, or why this fault counts as not caught. */
  readonly message: string;
}

/** Each run is a process with one worker, and most of them wait. */
const AT_ONCE = 2;

/** Shows for each fault that its test passes without it and fails with it. */
export async function showFaults(
  faults: readonly Fault[],
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<readonly Shown[]> {
  for (const fault of faults) plantOf(fault);
  tell(`${faults.length} tests with nothing planted ...`);
  const healthy = await runTests(
    faults.map(({ caughtBy }) => caughtBy),
    undefined,
    signal,
  );
  const shown = new Map<Fault, Shown>();
  const waiting = [...faults];
  const work = async (): Promise<void> => {
    for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
      const without = healthy(fault.caughtBy);
      const result =
        without.status === "passed"
          ? (await runTests([fault.caughtBy], fault.fault, signal))(fault.caughtBy)
          : undefined;
      const outcome = judge(fault, without, result);
      shown.set(fault, outcome);
      tell(`${outcome.caughtBy === null ? "NOT CAUGHT" : "caught"}  ${fault.fault}: ${outcome.message}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return faults.map((fault) => shown.get(fault)!);
}

function judge({ fault, invariant, caughtBy }: Fault, without: TestResult, result: TestResult | undefined): Shown {
  const notCaught = (message: string): Shown => ({ fault, invariant, caughtBy: null, message });
  if (without.status !== "passed" || result === undefined)
    return notCaught(`its test does not pass with nothing planted: ${"message" in without ? without.message : ""}`);
  if (result.status === "passed") return notCaught(`${caughtBy.test} passes all the same`);
  if (result.status === "not run") return notCaught(`its test did not run: ${result.message}`);
  if (!result.asserted) return notCaught(`its test crashed instead of finding the promise broken: ${result.message}`);
  return { fault, invariant, caughtBy: `${caughtBy.file} > ${caughtBy.test}`, message: result.message };
}
