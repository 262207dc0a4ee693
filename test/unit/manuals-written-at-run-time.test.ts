import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { extractManual } from "../../examples/manuals/extract-manual.ts";
import { readDocuments } from "../../examples/manuals/read-documents.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-manuals-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A manual about a machine that nobody has thought of, put together anew by each run. */
function writeManual(seed: number) {
  const pick = <Item>(items: readonly [Item, ...Item[]], salt: number): Item =>
    items[(seed * 7 + salt * 13) % items.length] ?? items[0];
  const model = `${pick(["ZK", "BR", "QX"], 1)}-${100 + (seed % 800)}`;
  const name = `${pick(["Ostler", "Vandermeer", "Ибис", "Łódź"], 2)} ${model} ${pick(["Waffle Iron", "Rice Cooker", "Gyro Spit", "Pasta Cooker"], 3)}`;
  const cooking = 300 + (seed % 90);
  const holding = 60 + (seed % 20);
  const alarm = -(5 + (seed % 20));
  const steps = [
    `Press ${pick(["START", "MENU", "I/O"], 4)} and wait for ${cooking} °F.`,
    "Open the lid.",
    `Check that the drawer is at ${holding} °C or above.`,
    "If the lamp is red, call service.",
    "Wipe the outside with a damp cloth.",
  ].slice(0, 3 + (seed % 3));
  const marker = pick([(n: number) => `${n}.`, (n: number) => `${n})`, (n: number) => `Step ${n}:`], 5);
  const text = `# ${name}

${pick(["Words.", "The machine stands on four feet."], 6)} Room for 25 pans, 3 phases, 208 V.

## ${pick(["Starting up", "Daily use", "How to begin"], 7)}

${steps.map((step, index) => `${marker(index + 1)} ${step}`).join("\n")}

## Limits

| What | Value |
|---|---|
| Alarm | ${alarm} °C |
| Weight | 25 kg |
`;
  return { name, model, steps, text, temperatures: [cooking, holding, alarm] };
}

describe("a manual written at run time", () => {
  test("is found again on disk, with its equipment, steps and temperatures", async () => {
    const start = Date.now() % 100_000;
    for (let seed = start; seed < start + 40; seed++) {
      const written = writeManual(seed);
      await writeFile(
        join(folder, `Manual ${seed}.md`),
        seed % 2 === 0 ? written.text : written.text.replaceAll("\n", "\r\n"),
      );
      const document = (await readDocuments(folder)).find(({ id }) => id === `manual-${seed}`);
      if (document === undefined) throw new Error(`Manual ${seed} was not read.`);
      const manual = extractManual(document);
      expect(
        manual.equipment.map(({ name, model }) => [name, model]),
        `seed ${seed}`,
      ).toEqual([[written.name, written.model]]);
      expect(
        manual.steps.map(({ text }) => text),
        `seed ${seed}`,
      ).toEqual(written.steps);
      expect(
        manual.temperatures.map(({ lowest }) => lowest),
        `seed ${seed}`,
      ).toEqual(written.temperatures);
      expect(manual.temperatures[2]?.purpose).toBe("alarm");
    }
  });
});

describe("reading a folder", () => {
  test("tells files with one id apart by refusing them", async () => {
    const own = await mkdtemp(join(tmpdir(), "holdfast-manuals-"));
    await writeFile(join(own, "Grill.md"), "# A\n");
    await writeFile(join(own, "grill.txt"), "B\n");
    await expect(readDocuments(own)).rejects.toThrow(/Grill\.md and grill\.txt .* document "grill"/);
    await rm(own, { recursive: true });
  });

  test("leaves other files alone, and says what is wrong with one that is no text", async () => {
    const own = await mkdtemp(join(tmpdir(), "holdfast-manuals-"));
    await writeFile(join(own, "a.pdf"), "x");
    await writeFile(join(own, "b.MD"), "# B\n");
    expect((await readDocuments(own)).map(({ id, format }) => [id, format])).toEqual([["b", "markdown"]]);
    await writeFile(join(own, "c.txt"), Buffer.from([0xff, 0xfe, 0x41, 0x00]));
    await expect(readDocuments(own)).rejects.toThrow("not UTF-8");
    await rm(own, { recursive: true });
  });

  test("gives a document whose text has changed another revision, and otherwise the same", async () => {
    const own = await mkdtemp(join(tmpdir(), "holdfast-manuals-"));
    const revision = async (text: string) => {
      await writeFile(join(own, "a.md"), text);
      return (await readDocuments(own))[0]?.revision;
    };
    const [first, same, other] = [await revision("# A\n"), await revision("# A\n"), await revision("# A.\n")];
    expect(same).toBe(first);
    expect(other).not.toBe(first);
    await rm(own, { recursive: true });
  });
});

describe("odd documents", () => {
  test("an empty one has nothing in it", () => {
    expect(extractManual({ id: "d", text: "" })).toMatchObject({
      document: { id: "d", title: "d" },
      equipment: [],
      procedures: [],
      steps: [],
      temperatures: [],
      relations: [],
    });
  });

  test("one without headings still has its steps and temperatures", () => {
    const manual = extractManual({ id: "d", text: "To heat the fryer:\n\n1. Press POWER.\n2. Wait for 350F.\n" });
    expect(manual.procedures.map(({ name }) => name)).toEqual(["To heat the fryer"]);
    expect(manual.steps.map(({ text }) => text)).toEqual(["Press POWER.", "Wait for 350F."]);
    expect(manual.temperatures.map(({ lowest, step }) => [lowest, step])).toEqual([[350, manual.steps[1]?.id]]);
  });

  test("letters of every script, emoji and halves of them come out as text that UTF-8 can hold", () => {
    const text = `# 冰淇淋机 SM-7 🍦\n\n## Очистка 🧽\n\n1. Press 🔴 at −18 °C.\n2. Wait \uD83D.\n\n${"🧊".repeat(400)} 5 °C ${"🧊".repeat(400)}\n\n## ${"𝒜".repeat(80)}\n\n4 °C\n`;
    const manual = extractManual({ id: "d", text });
    expect(manual.equipment.map(({ model }) => model)).toEqual(["SM-7"]);
    expect(manual.temperatures.map(({ lowest }) => lowest)).toEqual([-18, 5, 4]);
    const strings = [...manual.equipment, ...manual.procedures, ...manual.steps, ...manual.temperatures].flatMap(
      (each) => Object.values(each),
    );
    expect(strings.filter((value) => typeof value === "string" && !value.isWellFormed())).toEqual([]);
  });

  test("headings that cannot be spelled in an id still get different ones", () => {
    const manual = extractManual({
      id: "d",
      text: "## 🍟\n\n1. Press A.\n2. Press B.\n\n## 🍔\n\n1. Press A.\n2. Press B.\n",
    });
    expect(new Set(manual.procedures.map(({ id }) => id)).size).toBe(2);
  });

  test("a heading that looks like a second one's id does not take it", () => {
    const list = "\n\n1. Press A.\n2. Press B.\n\n";
    const manual = extractManual({
      id: "d",
      text: `## Cleaning 2${list}## Cleaning${list}## Cleaning${list}## Cleaning${list}`,
    });
    expect(new Set(manual.procedures.map(({ id }) => id)).size).toBe(4);
  });
});
