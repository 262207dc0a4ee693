import { describe, expect, test } from "vitest";
import { extractManual } from "../../examples/manuals/extract-manual.ts";

/** Each procedure as its name and the texts of its steps. */
const procedures = (text: string) => {
  const manual = extractManual({ id: "d", text });
  return manual.procedures.map(({ id, name }) => [
    name,
    ...manual.steps.filter(({ procedure }) => procedure === id).map((step) => `${step.position} ${step.text}`),
  ]);
};

describe("finding procedures", () => {
  test("takes a numbered list of instructions for one, its steps in order", () => {
    expect(procedures("# Fryer\n\n## Starting\n\n1. Press POWER.\n2. Wait.\n3. Open the valve.\n")).toEqual([
      ["Starting", "1 Press POWER.", "2 Wait.", "3 Open the valve."],
    ]);
  });

  test("numbers steps from 1 without gaps, whatever is printed", () => {
    expect(procedures("## Starting\n\n1. Press A.\n1. Press B.\n1. Press C.\n")[0]?.slice(1)).toEqual([
      "1 Press A.",
      "2 Press B.",
      "3 Press C.",
    ]);
  });

  test("goes on after a note when the numbers go on", () => {
    const text =
      "## Cleaning\n\n1. Press A.\n2. Wait.\n\nHave the tray ready.\n\n3. Wipe it.\n\n> Note: hot!\n\n4. Dry it.\n";
    expect(procedures(text)).toEqual([["Cleaning", "1 Press A.", "2 Wait.", "3 Wipe it.", "4 Dry it."]]);
  });

  test("begins another one when the numbers begin anew", () => {
    const text =
      "## Oil\n\nTo drain the vat:\n\n1. Open the valve.\n2. Wait.\n\nTo fill the vat:\n\n1. Close the valve.\n2. Pour oil in.\n";
    expect(procedures(text).map(([name]) => name)).toEqual(["To drain the vat", "To fill the vat"]);
  });

  test("knows instructions behind a condition, a label or an adverb", () => {
    const text =
      "## Task\n\n1. When it beeps, pull the probe out.\n2. Drain: open the valve.\n3. Carefully lift the lid.\n4. If the light is red, call service.\n5. Do not wipe it.\n";
    expect(procedures(text)[0]).toHaveLength(6);
  });

  test.each([
    ["contents", "## Contents\n\n1. Safety\n2. Cleaning\n3. Faults\n"],
    ["parts", "## Parts you will handle\n\n1. Hopper and cover\n2. Beater\n3. Drip tray\n"],
    ["figures", "## Specifications\n\n1. Input: 120,000 BTU\n2. Weight: 195 lb\n3. Electrical: 120 V\n"],
    ["rules of safety", "## Safety\n\n1. Wear gloves.\n2. Never reach into the vat.\n"],
    ["prose in numbers", "## Why\n\n1. The oil is dark.\n2. Nobody likes that.\n"],
    ["bulleted facts", "## Overview\n\n- Eight valves\n- One plate\n- Cold\n"],
    ["bulleted rules", "## Cleaning\n\n- Never use steel wool.\n- Do not spray water.\n- Avoid chlorine.\n"],
    [
      "intervals",
      "## Maintenance\n\n- Daily: wipe the plates.\n- Weekly: check the belt.\n- Yearly: replace the belt.\n",
    ],
    ["a table of parts", "## Parts\n\n| No. | Part |\n|-|-|\n| 1 | Hopper |\n| 2 | Beater |\n"],
    ["an item alone", "## Cleaning\n\n1. Wipe it.\n"],
  ])("takes no list of %s for one", (_, text) => {
    expect(procedures(text)).toEqual([]);
  });

  test("takes bullets for steps where they are announced or below a heading that promises them", () => {
    expect(procedures("## Pump\n\nTo restart the pump:\n\n- Press RESET.\n- Wait.\n").map(([name]) => name)).toEqual([
      "Pump",
    ]);
    expect(
      procedures("## Daily closing tasks\n\n- Wipe the spout.\n- Brush the valve.\n- Top up the hopper.\n"),
    ).toHaveLength(1);
    expect(procedures("## Opening:\n- [ ] Check the oil\n- [ ] Verify the alarm\n- [x] Inspect the lines\n")).toEqual([
      ["Opening", "1 Check the oil", "2 Verify the alarm", "3 Inspect the lines"],
    ]);
  });

  test("reads a table of steps, the other columns behind the action", () => {
    const text =
      "## Monthly check\n\n| Step | Action | Expected |\n|-|-|-|\n| 1 | Set all cells | HEAT |\n| 2 | Probe a plate. | 175 °F |\n";
    expect(procedures(text)).toEqual([
      ["Monthly check", "1 Set all cells. Expected: HEAT", "2 Probe a plate. Expected: 175 °F"],
    ]);
  });

  test("reads headings called Step, with what stands below them", () => {
    const text =
      "## Opening the grill\n\nWords.\n\n### Step 1: Inspect\n\nLook at it.\n\n- Tears\n\n### Step 2 – Switch on\n\n### Step 3\n\nWait for 340 °F.\n\n## Other\n";
    const manual = extractManual({ id: "d", text });
    expect(manual.steps.map((step) => step.text)).toEqual([
      "Inspect. Look at it. Tears",
      "Switch on.",
      "Wait for 340 °F.",
    ]);
    expect(manual.procedures.map(({ name }) => name)).toEqual(["Opening the grill"]);
    expect(manual.temperatures[0]?.step).toBe(manual.steps[2]?.id);
  });

  test("names one that only says when by the heading above", () => {
    expect(
      procedures("## Cleaning\n\n**Every night**\n\n1. Turn it off.\n2. Wipe it.\n").map(([name]) => name),
    ).toEqual(["Cleaning: Every night"]);
    expect(procedures("## Cleaning\n\n### Weekly\n\n1. Turn it off.\n2. Wipe it.\n").map(([name]) => name)).toEqual([
      "Cleaning: Weekly",
    ]);
  });

  test("gives two of the same name different ids, and the same ids again", () => {
    const text =
      "# Handbook\n\n## Fryer\n\n### Cleaning\n\n1. Wipe it.\n2. Dry it.\n\n## Grill\n\n### Cleaning\n\n1. Scrape it.\n2. Dry it.\n\n### Cleaning\n\n1. Brush it.\n2. Dry it.\n";
    const ids = extractManual({ id: "d", text }).procedures.map(({ id }) => id);
    expect(ids).toEqual(["d/procedure/fryer/cleaning", "d/procedure/grill/cleaning", "d/procedure/grill/cleaning-2"]);
    expect(extractManual({ id: "d", text }).procedures.map(({ id }) => id)).toEqual(ids);
  });
});
