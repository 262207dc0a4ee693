import { describe, expect, test } from "vitest";
import { lastRecovery } from "../../src/surface/console/faults/recovery.ts";
import {
  bytesText,
  countText,
  durationText,
  passingText,
  rateText,
  valueText,
  wordsOf,
} from "../../src/surface/console/data/format.ts";

describe("figures in the console", () => {
  test.each<[number, string]>([
    [0, "0 s"],
    [0.4, "0.4 ms"],
    [8.44, "8.4 ms"],
    [340, "340 ms"],
    [1_500, "1.5 s"],
    [12_400, "12 s"],
    [59_600, "1 m"],
    [372_000, "6 m 12 s"],
    [7_500_000, "2 h 5 m"],
    [273_600_000, "3 d 4 h"],
  ])("%d ms read as %s", (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  test.each<[number, string]>([
    [-5, "0 s"],
    [900, "1 s"],
    [8_200, "8 s"],
    [61_000, "1 m 1 s"],
  ])("what counts down says of %d ms: %s", (ms, text) => {
    expect(passingText(ms)).toBe(text);
  });

  test("counts, rates, sizes and values have as many digits as say something", () => {
    expect(countText(12_404)).toBe("12,404");
    expect([rateText(0), rateText(3.25), rateText(1_033.7)]).toEqual(["0", "3.3", "1,034"]);
    expect([bytesText(0), bytesText(1_536), bytesText(214 * 1_048_576)]).toEqual(["0 B", "1.5 KiB", "214 MiB"]);
    expect([valueText(0.9), valueText(0.01234), valueText(1_234.5)]).toEqual(["0.9", "0.012", "1,235"]);
    expect([wordsOf("queue_overflow"), wordsOf("consecutiveFailures")]).toEqual([
      "queue overflow",
      "consecutive failures",
    ]);
  });
});

describe("the card after a recovery", () => {
  const drained = (what: string, to = "empty", machine = "drain:graph") => ({
    kind: "transition" as const,
    id: "1.1",
    at: 5,
    machine,
    from: "verifying",
    to,
    event: "done",
    cause: { actor: machine, what },
    currentMode: "normal" as const,
    explanation: "",
  });
  const VERIFIED = "verified: 9420 ended of 9421 counted, 1 left aside, 32 receipts read back";

  test("shows what the drain has verified, figure by figure", () => {
    expect(lastRecovery([drained(VERIFIED)])).toEqual({
      at: 5,
      dependency: "graph",
      counted: 9_421,
      ended: 9_420,
      leftAside: 1,
      receiptsReadBack: 32,
    });
  });

  test("claims nothing of a drain that verified nothing, or failed at it", () => {
    expect(lastRecovery([])).toBeUndefined();
    expect(lastRecovery([drained("nothing waited")])).toBeUndefined();
    expect(lastRecovery([drained(VERIFIED, "disputed")])).toBeUndefined();
    expect(lastRecovery([drained(VERIFIED, "empty", "breaker:graph")])).toBeUndefined();
  });
});
