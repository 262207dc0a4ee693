import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { registry } from "../../machines/index.ts";
import { type MachineDefinition, machineDefinitions } from "../../src/control/inspect/machine-definition.ts";
import { layoutOf } from "../../src/surface/console/machines/layouts.ts";
import type { MachineLayout } from "../../src/surface/console/machines/machine-layout.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const committed = "src/surface/console/machines/layouts.generated.json";

const check = (folder: string) =>
  spawnSync(process.execPath, [join(folder, "scripts/write-machine-layouts.ts"), "--check"], { encoding: "utf8" });

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const isWithin = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

const laidOut = (definition: MachineDefinition): MachineLayout => {
  const layout = layoutOf(definition.id);
  if (layout === undefined) throw new Error(`${definition.id} has no layout`);
  return layout;
};

const cases = machineDefinitions.map((definition) => [definition.id, definition] as const);

describe("the layouts of the machines", () => {
  test("are those of the machines as they are", () => {
    expect(check(root)).toMatchObject({ status: 0, stderr: "" });
    expect(registry.every(({ name }) => layoutOf(name) !== undefined)).toBe(true);
  });

  test("are noticed when they are stale", () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-layouts-"));
    try {
      for (const part of ["machines", "scripts", "src", "config", "package.json"])
        cpSync(join(root, part), join(folder, part), { recursive: true });
      symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
      const stale = readFileSync(join(root, committed), "utf8").replace('"id":"closed"', '"id":"shut"');
      writeFileSync(join(folder, committed), stale);
      expect(check(folder)).toMatchObject({ status: 1, stderr: expect.stringContaining("stale") });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test.each(cases)("draw every state and every edge of %s once", (_, definition) => {
    const layout = laidOut(definition);
    const drawn = layout.states.map(({ id }) => id).filter((id) => id !== "*");
    expect(drawn.toSorted()).toEqual(definition.states.map(({ id }) => id).toSorted());
    const lines = layout.arrows.flatMap(({ from, to, lines: own }) => own.map(({ edge }) => `${edge} ${from}>${to}`));
    const moving = definition.edges.filter(({ target, event }) => target !== null && event !== "resume");
    expect([...new Set(lines)].toSorted()).toEqual(
      moving.map(({ id, source, target }) => `${id} ${source}>${target}`).toSorted(),
    );
    expect(layout.starts.map(({ to }) => to).toSorted()).toEqual(
      definition.states
        .filter(({ initial }) => initial)
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  test.each(cases)("let nothing of %s lie over anything else", (_, definition) => {
    const { states, arrows, width, height } = laidOut(definition);
    const parentOf = new Map(definition.states.map(({ id, parent }) => [id, parent]));
    for (const [index, state] of states.entries()) {
      for (const other of states.slice(index + 1))
        if (parentOf.get(state.id) === parentOf.get(other.id))
          expect([state.id, other.id, overlap(state, other)]).toEqual([state.id, other.id, false]);
      const parent = states.find(({ id }) => id === parentOf.get(state.id));
      expect(isWithin(state, parent ?? { x: 0, y: 0, width, height })).toBe(true);
    }
    const compounds = new Set(parentOf.values());
    for (const [index, { label, from, to }] of arrows.entries()) {
      const over = [
        ...states.filter(({ id }) => !compounds.has(id)).filter((state) => overlap(state, label)),
        ...arrows.slice(index + 1).filter((other) => overlap(other.label, label)),
      ];
      expect([from, to, over]).toEqual([from, to, []]);
    }
  });

  test.each(cases)(
    "lead every arrow of %s from the border of its state to the border of its target",
    (_, definition) => {
      const { states, arrows } = laidOut(definition);
      const box = (wanted: string) => states.find(({ id }) => id === wanted);
      const touches = (state: Box | undefined, [x, y]: readonly [number, number]) =>
        state !== undefined && isWithin({ x, y, width: 0, height: 0 }, grown(state)) && !isInside(state, [x, y]);
      for (const { from, to, points } of arrows) {
        const [first, last] = [points[0], points.at(-1)];
        expect(points.length).toBeGreaterThan(1);
        expect([from, first !== undefined && touches(box(from), first)]).toEqual([from, true]);
        expect([to, last !== undefined && touches(box(to), last)]).toEqual([to, true]);
      }
    },
  );
});

/** Points are rounded. */
const grown = ({ x, y, width, height }: Box): Box => ({ x: x - 2, y: y - 2, width: width + 4, height: height + 4 });

const isInside = (box: Box, [x, y]: readonly [number, number]): boolean =>
  x > box.x + 2 && x < box.x + box.width - 2 && y > box.y + 2 && y < box.y + box.height - 2;
