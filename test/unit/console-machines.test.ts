import { describe, expect, test } from "vitest";
import {
  inFamilies,
  isFound,
  mostInteresting,
  nameWithin,
  toneOf,
} from "../../src/surface/console/machines/actor-words.ts";
import { causeLinks, relatedTo, spaced } from "../../src/surface/console/machines/cause-words.ts";
import { arrowHead, roundedPath } from "../../src/surface/console/machines/chart-path.ts";
import { type ActorView, activeIn } from "../../src/surface/console/machines/machine-data.ts";
import { type Move, movedBy, takenBy } from "../../src/surface/console/machines/moved-actors.ts";
import { kept, moved, readable, whole, zoomed } from "../../src/surface/console/machines/pan-zoom.ts";
import { pauseBefore, SPEEDS } from "../../src/surface/console/time-travel/playback.ts";
import { around, chosenSpan, momentAt, shareOf } from "../../src/surface/console/time-travel/time-span.ts";
import { machineDefinitions } from "../../src/control/inspect/machine-definition.ts";

const actor = (id: string, state: string, more: Partial<ActorView> = {}): ActorView => ({
  id,
  machine: id.split(":")[0] ?? id,
  state: activeIn(state),
  fallen: state === "fallen",
  ...more,
});

const move = (machine: string, to: string, more: Partial<Move> = {}): Move => ({
  id: "1",
  machine,
  to,
  at: 7,
  cause: { actor: "calls:graph", what: "3 failures in a row" },
  ...more,
});

describe("the list of actors", () => {
  test("leaves nobody out, and keeps families together in their order", () => {
    const actors = machineDefinitions.map(({ id }) => actor(id, "closed"));
    const listed = inFamilies(actors).flatMap((group) => group.actors);
    expect(listed.map(({ id }) => id).toSorted()).toEqual(actors.map(({ id }) => id).toSorted());
    expect(inFamilies(actors).map(({ family }) => family.title)).toEqual([
      "Dependencies",
      "Modes",
      "Triggers",
      "Incidents",
      "Recovery",
      "Supervision",
    ]);
  });

  test("finds by name and state, whichever way they are written", () => {
    const queue = actor("local_queue:graph", "queueing");
    expect(isFound(queue, "local queue")).toBe(true);
    expect(isFound(queue, "GRAPH que")).toBe(true);
    expect(isFound(queue, "search")).toBe(false);
    expect(isFound(queue, "")).toBe(true);
  });

  test("names an actor within its family no longer than it must", () => {
    const name = (of: ActorView) => nameWithin(inFamilies([of])[0]!.family, of);
    expect(name(actor("trigger:memory_exhaustion", "clear"))).toBe("memory exhaustion");
    expect(name(actor("breaker:graph", "open"))).toBe("breaker:graph");
  });

  test("shows whoever is worst off, when nobody was chosen", () => {
    const calm = actor("pin", "free");
    const open = actor("breaker:graph", "open");
    expect(mostInteresting([calm, actor("drain:graph", "filling"), open])).toBe(open);
    expect(mostInteresting([])).toBeUndefined();
  });

  test("tells by the tone what is wrong, under way, well, and at rest", () => {
    expect(toneOf(actor("breaker:graph", "misconfigured.waiting"))).toBe("bad");
    expect(toneOf(actor("breaker:graph", "closed"))).toBe("good");
    expect(toneOf(actor("breaker:graph", "probing"))).toBe("busy");
    expect(toneOf(actor("normal", "in_force"))).toBe("good");
    expect(toneOf(actor("emergency_mode", "in_force"))).toBe("bad");
    expect(toneOf(actor("reduced_performance", "in_force"))).toBe("warn");
    expect(toneOf(actor("incident:high_error_rate", "paged"))).toBe("bad");
    expect(toneOf(actor("drain:graph", "fallen"))).toBe("bad");
  });
});

describe("what transitions tell", () => {
  test("is what actors are then, without the deadline of what they left", () => {
    const before = [actor("breaker:graph", "closed", { deadline: 99 }), actor("pin", "free")];
    const [breaker, pin] = movedBy(before, [
      move("breaker:graph", "open"),
      move("breaker:graph", "misconfigured.waiting"),
    ]);
    expect(breaker).toMatchObject({ state: ["misconfigured", "misconfigured.waiting"], since: 7, fallen: false });
    expect(breaker).not.toHaveProperty("deadline");
    expect(pin).toBe(before[1]);
  });

  test("is that somebody was born, or has fallen", () => {
    const after = movedBy([actor("pin", "held")], [move("pin", "fallen"), move("reconnect:graph", "rebuilding")]);
    expect(after).toMatchObject([
      { id: "pin", state: [], fallen: true },
      { id: "reconnect:graph", machine: "reconnect", state: ["rebuilding"] },
    ]);
  });

  test("marks the edge that was taken last, and none after a crash", () => {
    const once = takenBy(new Map(), [move("breaker:graph", "open", { edge: "closed#calls.failed#2", id: "5" })]);
    expect(once.get("breaker:graph")).toEqual({ edge: "closed#calls.failed#2", key: "5" });
    expect(takenBy(once, [move("breaker:graph", "fallen")]).size).toBe(0);
  });
});

describe("a chain of causes", () => {
  const cause = {
    actor: "breaker:graph",
    what: "a probe failed",
    values: { probesFailed: 1 },
    because: { actor: "calls:graph", what: "3 failures in a row", values: { consecutiveFailures: 3, limit: 3 } },
  };

  test("is told nearest first, with its values in words", () => {
    expect(causeLinks(cause)).toEqual([
      { actor: "breaker:graph", what: "a probe failed", values: "probes failed 1" },
      { actor: "calls:graph", what: "3 failures in a row", values: "consecutive failures 3, limit 3" },
    ]);
    expect(causeLinks(undefined)).toEqual([]);
    expect(spaced("pin.mode")).toBe("pin mode");
  });

  test("that goes round is cut", () => {
    const round: { actor: string; what: string; because?: object } = { actor: "a", what: "b" };
    round.because = round;
    expect(causeLinks(round as never).length).toBeLessThan(50);
  });

  test("leads to those who have to do with it, and to nobody else", () => {
    const queue = actor("local_queue:graph", "queueing", { cause });
    const page = actor("page:drain:graph", "calling", { invokedBy: "local_queue:graph" });
    const others = [
      queue,
      actor("breaker:graph", "open"),
      actor("breaker:search", "closed"),
      actor("pin", "free"),
      page,
    ];
    expect(relatedTo(queue, others).map(({ id }) => id)).toEqual(["breaker:graph", "page:drain:graph"]);
  });
});

describe("the view of a drawing", () => {
  const window = { width: 800, height: 600 };

  test("shows all of it in the middle, and does not blow up what is small", () => {
    const view = whole({ width: 200, height: 100 }, window);
    expect(view.scale).toBeLessThan(1.3);
    expect(view.x + (200 * view.scale) / 2).toBeCloseTo(400);
    expect(whole({ width: 8_000, height: 100 }, window).scale).toBeCloseTo(0.15, 1);
  });

  test("shows a part that can be read where the whole cannot, around what matters, and never beside the drawing", () => {
    const large = { width: 2_000, height: 1_200 };
    const view = readable(large, window, { x: 1_000, y: 600 });
    expect(view.scale).toBeGreaterThan(whole(large, window).scale);
    expect(1_000 * view.scale + view.x).toBeCloseTo(400);
    const corner = readable(large, window, { x: 0, y: 0 });
    expect(corner.x).toBeGreaterThanOrEqual(0);
    expect(corner.x).toBeLessThan(20);
  });

  test("keeps the point under the pointer where it is while it zooms, within bounds", () => {
    const view = zoomed({ x: 10, y: 20, scale: 1 }, 2, { x: 110, y: 120 });
    expect([(110 - view.x) / view.scale, (120 - view.y) / view.scale]).toEqual([100, 100]);
    expect(zoomed(view, 1_000, { x: 0, y: 0 }).scale).toBe(3);
    expect(zoomed(view, 1e-9, { x: 0, y: 0 }).scale).toBe(0.15);
  });

  test("never loses the drawing, however far it is moved", () => {
    const drawing = { width: 400, height: 400 };
    const view = kept(moved({ x: 0, y: 0, scale: 1 }, 9_999, -9_999), drawing, window);
    expect(view.x).toBeLessThan(window.width);
    expect(view.y + drawing.height).toBeGreaterThan(0);
  });
});

describe("an arrow", () => {
  test("has rounded corners, no wider than its shortest piece, and a head at its end", () => {
    const points = [
      [0, 0],
      [0, 50],
      [6, 50],
      [6, 90],
    ] as const;
    expect(roundedPath(points)).toBe("M0 0L0 47Q0 50 3 50L3 50Q6 50 6 53L6 90");
    expect(arrowHead(points)).toBe("6,90 2,82 10,82");
    expect(roundedPath([])).toBe("");
  });
});

describe("a span of time", () => {
  const all = { from: 1_000, to: 101_000 };

  test("stays within all that is stored, however it is chosen", () => {
    expect(around(2_000, 10_000, all)).toEqual({ from: 1_000, to: 11_000 });
    expect(around(100_500, 10_000, all)).toEqual({ from: 91_000, to: 101_000 });
    expect(around(50_000, 10_000, all)).toEqual({ from: 45_000, to: 55_000 });
    expect(around(50_000, 9e9, all)).toEqual(all);
    expect(chosenSpan(60_000, 40_000, all)).toEqual({ from: 40_000, to: 60_000 });
    expect(chosenSpan(60_000, 60_000, all)).toEqual({ from: 59_990, to: 60_010 });
  });

  test("leads from shares to moments and back", () => {
    expect(momentAt(0.5, all)).toBe(51_000);
    expect(shareOf(51_000, all)).toBe(0.5);
    expect([shareOf(0, all), shareOf(9e9, all), momentAt(2, all)]).toEqual([0, 1, 101_000]);
    expect(shareOf(5, { from: 5, to: 5 })).toBe(0);
  });
});

describe("playback", () => {
  test("passes time as fast as asked, shows each of many at once, and does not wait out a quiet night", () => {
    const [real, ten] = SPEEDS;
    expect(pauseBefore(1_000, real)).toBe(1_000);
    expect(pauseBefore(10_000, ten)).toBe(1_000);
    expect(pauseBefore(0, real)).toBeGreaterThan(0);
    expect(pauseBefore(8 * 3_600_000, real)).toBeLessThan(5_000);
  });
});
