import { beforeEach, describe, expect, test } from "vitest";
import { RecentDegradations } from "../../src/degradation/recent-degradations.ts";

const DAY_MS = 86_400_000;
const NOW = 1_800_000_000_000;

describe("the degradations of the last day", () => {
  let onDisk: number;
  let asked: number[];
  let recent: RecentDegradations;

  beforeEach(() => {
    onDisk = 3;
    asked = [];
    recent = new RecentDegradations(async (since) => {
      asked.push(since);
      return onDisk;
    });
  });

  test("are counted from the history once a second, however often they are asked for", async () => {
    for (const passedMs of [0, 1, 500, 999]) expect(await recent.count(NOW + passedMs)).toBe(3);
    expect(asked).toEqual([NOW - DAY_MS]);
    onDisk = 2;
    expect(await recent.count(NOW + 1_000)).toBe(2);
  });

  test("are counted anew as soon as something has happened, and until that is on disk for sure", async () => {
    await recent.count(NOW);
    recent.changed(NOW + 10);
    expect(await recent.count(NOW + 11)).toBe(3);
    onDisk = 4;
    expect(await recent.count(NOW + 12)).toBe(4);
    expect(await recent.count(NOW + 1_010)).toBe(4);
    expect(await recent.count(NOW + 1_011)).toBe(4);
    expect(asked).toHaveLength(4);
  });

  test("are not kept where something happened while they were counted", async () => {
    const counted = recent.count(NOW);
    recent.changed(NOW);
    await counted;
    onDisk = 4;
    expect(await recent.count(NOW + 1)).toBe(4);
  });

  test("are counted anew when the wall clock was put back", async () => {
    await recent.count(NOW);
    onDisk = 1;
    expect(await recent.count(NOW - 5_000)).toBe(1);
  });
});
