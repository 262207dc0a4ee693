import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { type AdmissionPolicy, createRuntime, defineOperation } from "../../src/index.ts";
import { temporaryFolder } from "../support/ledger.ts";

const EMERGENCY = { reason: "the host is being replaced", forMs: 60_000 };

async function started() {
  const ping = defineOperation({ name: "ping", version: 1, input: z.object({}), execute: () => {} });
  const dataDirectory = join(temporaryFolder(), "data");
  const runtime = await createRuntime({ dataDirectory, operations: [ping], monitoring: false });
  onTestFinished(() => runtime.stop());
  return { runtime, ping };
}

describe("the policy of a runtime", () => {
  test("is what the next call is admitted by, from the moment a pin has returned", async () => {
    const { runtime, ping } = await started();
    expect(runtime.policy.byPriority.low).toBe("run");
    expect(await runtime.submit(ping, {}, { priority: "low" })).toMatchObject({ status: "completed" });

    runtime.degradation.pin("emergency_mode", EMERGENCY);
    const [{ byPriority }, next] = [runtime.policy, runtime.submit(ping, {}, { priority: "low" })];
    expect(byPriority.low).toBe("refuse");
    expect(await next).toMatchObject({ status: "refused", reason: "shed" });
  });

  test("is the one that listeners were told, and never changes in place", async () => {
    const { runtime } = await started();
    const before = runtime.policy;
    const copy = structuredClone(before);
    const told: AdmissionPolicy[] = [];
    runtime.on("policy", (policy) => told.push(policy));

    runtime.degradation.pin("emergency_mode", EMERGENCY);

    expect(runtime.policy).toBe(told.at(-1));
    expect(runtime.policy.revision).toBeGreaterThan(before.revision);
    expect(before).toEqual(copy);
    expect(() => Object.assign(before.byPriority, { low: "run" })).toThrow(TypeError);
  });

  test("is still told when the runtime has stopped", async () => {
    const { runtime } = await started();
    await runtime.stop();
    expect(runtime.policy.modes).toEqual(expect.any(Array));
  });
});
