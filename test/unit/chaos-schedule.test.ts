import { describe, expect, test } from "vitest";
import { type Kill, scheduleKills } from "../chaos/campaign/kill-schedule.ts";
import { parseOptions } from "../chaos/campaign/options.ts";
import { workOf } from "../chaos/campaign/workload.ts";

const kindsOf = (kills: readonly Kill[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { kind } of kills) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

describe("the schedule of kills", () => {
  test("kills half of the lives at named points, and the others in every other way", () => {
    expect(kindsOf(scheduleKills({ kills: 200, seed: 1, graph: "embedded" }))).toEqual({
      migration: 10,
      point: 100,
      draining: 40,
      startup: 20,
      random: 30,
    });
    const small = kindsOf(scheduleKills({ kills: 8, seed: 1, graph: "embedded" }));
    expect(small).toEqual({ migration: 1, point: 4, draining: 2, startup: 1 });
  });

  test("comes to every point of the journal and of the graph", () => {
    const points = scheduleKills({ kills: 20, seed: 5, graph: "embedded" }).flatMap((kill) =>
      kill.kind === "point" ? [kill.point] : [],
    );
    expect(new Set(points).size).toBe(9);
  });

  test("kills a real server as well, and has no points within it", () => {
    const kills = scheduleKills({ kills: 30, seed: 1, graph: "neo4j" });
    expect(kills.filter((kill) => "outage" in kill && kill.outage === "server").length).toBeGreaterThanOrEqual(3);
    expect(JSON.stringify(kills)).not.toContain("graph.");
  });

  test("is the same for the same seed, and another for another", () => {
    const schedule = (seed: number) => scheduleKills({ kills: 50, seed, graph: "embedded" });
    expect(schedule(7)).toEqual(schedule(7));
    expect(schedule(7)).not.toEqual(schedule(8));
  });

  test.each([1, 2, 3, 4, 5, 7, 31])("has as many kills as were asked for: %i", (kills) => {
    for (const graph of ["embedded", "neo4j"] as const)
      expect(scheduleKills({ kills, seed: 1, graph })).toHaveLength(kills);
  });
});

describe("the campaign's work", () => {
  test("reaches every lane, and puts several numbers in a row into one", () => {
    const settings = { lanes: 20_000, seed: 1 };
    const lanes = new Map<string, number>();
    for (let number = 0; number < 45_000; number++) {
      const { list, ordered } = workOf(number, settings);
      expect(list.startsWith("lane-")).toBe(ordered);
      if (ordered) lanes.set(list, (lanes.get(list) ?? 0) + 1);
    }
    expect(lanes.size).toBe(20_000);
    expect(Math.max(...lanes.values())).toBeGreaterThan(4);
  });
});

describe("the campaign's options", () => {
  test("are taken as given", () => {
    expect(
      parseOptions(["--kills", "7", "--neo4j", "--json", "--lanes=9", "--seed", "3", "--acks-per-kill", "50"]),
    ).toEqual({
      kind: "run",
      options: { kills: 7, lanes: 9, seed: 3, neo4j: true, json: true, keep: false, acknowledgementsPerKill: 50 },
    });
  });

  test.each([["--kills=0"], ["--kills", "-5"], ["--kills", "1.5"], ["--lanes", "x"], ["--frobnicate"], ["--kills"]])(
    "are refused with what is wrong: %s %s",
    (...argv) => {
      expect(parseOptions(argv.filter((word) => word !== undefined))).toMatchObject({ kind: "wrong" });
    },
  );
});
