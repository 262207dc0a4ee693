import { join } from "node:path";
import { createRuntime, defineOperation, type Runtime, silentLogger } from "holdfast";
import { z } from "zod";
import type { Finding } from "../entry.ts";
import { plainGate } from "../harness/gate.ts";
import { median, percentile } from "../harness/median.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * A person pins the emergency, and the next calls are under it: submits of low priority, made in the same turn in which
 * `pin` has returned, are to be refused, every one. Timed from the call of `pin`: until listeners hear of the policy,
 * until `pin` has returned, and until the first caller has his refusal.
 */

const CALLS_A_CHANGE = 20;

export async function* policyChange({ folder, quick, progress }: SuiteContext): AsyncIterable<Finding> {
  progress("a policy change");
  const gate = plainGate();
  const job = defineOperation({
    name: "job",
    version: 1,
    input: z.object({ id: z.number() }),
    dependsOn: { gate: gate.dependency },
    priority: "low",
    execute: () => {},
  });
  await using runtime = await createRuntime({
    dataDirectory: join(folder, "change"),
    operations: [job],
    monitoring: false,
    logger: silentLogger,
  });
  await gate.open(runtime);
  const changes = quick ? 5 : 100;
  const toldMs: number[] = [];
  const refusedMs: number[] = [];
  let underTheOld = 0;
  const submit = async (id: number): Promise<"refused" | "ran"> => {
    const outcome = await runtime.submit(job, { id });
    return outcome.status === "refused" && outcome.reason === "shed" ? "refused" : "ran";
  };
  for (let change = 0; change < changes; change++) {
    // The way of a call is warm.
    if ((await submit(change)) !== "ran") throw new Error("a submit was refused before the policy changed");
    const pinnedAt = performance.now();
    const stopListening = runtime.on("policy", () => toldMs.push(performance.now() - pinnedAt));
    pin(runtime);
    stopListening();
    let firstMs: number | undefined;
    const ends = await Promise.all(
      Array.from({ length: CALLS_A_CHANGE }, async (_, id) => {
        const end = await submit(id);
        if (end === "refused") firstMs ??= performance.now() - pinnedAt;
        return end;
      }),
    );
    underTheOld += ends.filter((end) => end === "ran").length;
    if (firstMs !== undefined) refusedMs.push(firstMs);
    runtime.degradation.release({ reason: "measured" });
  }
  yield {
    case: "calls under the old policy, begun after a pin had returned",
    unit: "calls",
    ours: underTheOld,
    note: `of ${changes * CALLS_A_CHANGE}, after ${changes} pins`,
  };
  const note = (values: readonly number[]): string =>
    `p99 of ${changes} pins ${percentile(values, 0.99).toFixed(2)} ms`;
  yield { case: "from a pin to its policy in force", unit: "ms", ours: median(toldMs), note: note(toldMs) };
  yield { case: "from a pin to the first refusal", unit: "ms", ours: median(refusedMs), note: note(refusedMs) };
}

function pin(runtime: Runtime): void {
  const { status } = runtime.degradation.pin("emergency_mode", { reason: "to be measured", forMs: 60_000 });
  if (status !== "pinned") throw new Error(`a pin was answered ${status}`);
}
