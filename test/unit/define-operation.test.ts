import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { MisuseError } from "../../src/errors.ts";
import { checkNodeVersion } from "../../src/node-version.ts";
import { dependency } from "../../src/dependencies/define-dependency.ts";
import { defineOperation, type InputOf, type ValueOf } from "../../src/operations/define-operation.ts";
import { laneOfKey } from "../../src/operations/lane.ts";
import { keyedOperationId } from "../../src/operations/operation-id.ts";
import { retryPauseMs } from "../../src/operations/retry-pause.ts";

const search = dependency({ name: "search", probe: () => {} });
const valid = { name: "equipment.find", version: 1, input: z.object({ id: z.string() }), execute: () => 1 } as const;

describe("defining an operation", () => {
  it("infers input, value and handles from the definition", () => {
    const definition = defineOperation({
      name: "equipment.find",
      version: 1,
      input: z.object({ id: z.string(), limit: z.number().default(10) }),
      dependsOn: { search },
      execute: async ({ input, search: handle }) => {
        expectTypeOf(input).toEqualTypeOf<{ id: string; limit: number }>();
        return handle.call(async () => [input.id]);
      },
    });
    expectTypeOf<InputOf<typeof definition>>().toEqualTypeOf<{ id: string; limit?: number | undefined }>();
    expectTypeOf<ValueOf<typeof definition>>().toEqualTypeOf<string[]>();
    expect(definition).toMatchObject({
      priority: "normal",
      permission: "operation.submit",
      queueable: true,
      onDeadLetter: "park",
    });
  });

  it.each([
    ["a name with spaces", { name: "find equipment" }, "name"],
    ["version 0", { version: 0 }, "version"],
    ["a negative timeout", { attemptTimeoutMs: -1 }, "attemptTimeoutMs"],
    ["something that is not a dependency", { dependsOn: { search: {} } }, "dependsOn.search"],
    ["a dependency under a reserved name", { dependsOn: { input: search } }, "dependsOn.input"],
    ["an unknown priority", { priority: "urgent" }, "priority"],
    ["an input that is no validator", { input: {} }, "input"],
  ])("refuses %s and names the part", (_, part, name) => {
    expect(() => defineOperation({ ...valid, ...part } as never)).toThrow(MisuseError);
    expect(() => defineOperation({ ...valid, ...part } as never)).toThrow(name);
  });
});

describe("a definition made from another", () => {
  it("takes over everything that is not said anew", () => {
    const first = defineOperation({ ...valid, priority: "high", onDeadLetter: "skip" });
    const second = defineOperation({ ...first, name: "equipment.find-in-order", orderingKey: ({ id }) => id });
    expect(second).toMatchObject({ name: "equipment.find-in-order", priority: "high", onDeadLetter: "skip" });
  });
});

describe("the Node it runs on", () => {
  it("is refused by name when it is too old, instead of ending without a word", () => {
    for (const tooOld of ["20.20.2", "22.13.1", "23.5.0"])
      expect(() => checkNodeVersion(tooOld)).toThrow(`Node 22.14 or newer (of 23: 23.6), and this is ${tooOld}`);
    for (const version of ["22.14.0", "23.6.0", "24.0.0", "26.1.0"])
      expect(() => checkNodeVersion(version)).not.toThrow();
    expect(() => checkNodeVersion()).not.toThrow();
  });
});

describe("names and pauses", () => {
  it("hashes ordering keys to 47 bits, spread evenly, without collisions among a hundred thousand", () => {
    const lanes = new Set<number>();
    for (let document = 0; document < 100_000; document++) lanes.add(laneOfKey(`document:manual-${document}`));
    expect(lanes.size).toBe(100_000);
    for (const lane of lanes) expect(lane >= 0 && lane < 2 ** 47 && Number.isInteger(lane)).toBe(true);
    const half = [...lanes].filter((lane) => lane < 2 ** 46).length;
    expect(half).toBeGreaterThan(48_000);
    expect(half).toBeLessThan(52_000);
  });

  it("names keyed operations by name, principal and key together", () => {
    const ids = [
      keyedOperationId("a", "b", "c"),
      keyedOperationId("a", "b:c", ""),
      keyedOperationId("a", "", "b:c"),
      keyedOperationId("ab", "", "c"),
    ];
    expect(new Set(ids).size).toBe(4);
    expect(keyedOperationId("a", "b", "c")).toBe(ids[0]);
  });

  it("keeps retry pauses between the initial and the maximum, whatever is drawn", () => {
    const settings = { maximumAttempts: 10, initialPauseMs: 100, maximumPauseMs: 5_000 };
    for (const draw of [0, 0.3, 0.999])
      for (let attempts = 1; attempts < 10; attempts++) {
        const pauseMs = retryPauseMs(settings, attempts, { next: () => draw });
        expect(pauseMs).toBeGreaterThanOrEqual(100);
        expect(pauseMs).toBeLessThanOrEqual(5_000);
      }
  });
});
