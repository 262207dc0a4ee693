import { describe, expect, test } from "vitest";
import { extractManual } from "../../examples/manuals/extract-manual.ts";

/*
 * The time to read a manual grows with its length only. A rule that goes back over what it has read would need minutes
 * for these, and meet the time limit of the test: no time is asserted.
 */
const SIZE = 1 << 19;
const fill = (part: string): string => part.repeat(Math.ceil(SIZE / part.length)).slice(0, SIZE);

describe("large documents", () => {
  test("of a mebibyte are read whole", () => {
    const part = (index: number) =>
      `## Task ${index}\n\n1. Set it to ${100 + (index % 300)} °F.\n2. Wait.\n3. Wipe it.\n\n`;
    const parts = Array.from({ length: 20_000 }, (_, index) => part(index));
    const manual = extractManual({ id: "d", text: `# TF-5 Fryer\n\n${parts.join("")}` });
    expect([manual.procedures.length, manual.steps.length, manual.temperatures.length]).toEqual([
      20_000, 60_000, 20_000,
    ]);
    expect(manual.temperatures.every(({ step }) => step !== "")).toBe(true);
  });

  test.each([
    " ",
    "\n",
    "*",
    "[",
    "[a](",
    "<a ",
    "<!-- ",
    "|",
    "&",
    "\\",
    "$^",
    "`",
    "> ",
    "#",
    "-",
    "# a\n",
    "a\n===\n",
    "- a\n  - b\n",
    "1. Press a.\n",
    "1",
    "1 ",
    "1.",
    "1/",
    "-1 ",
    "deg ",
    "not ",
    "a: ",
    "if a, ",
    "350°–",
    "350 °F ",
    "Fry at 350 °F, hold at 140 °F\n",
    "Ab\n\n",
    "GRILL ",
    "model ",
    "4.1 Title\n\n",
    "**A**\n\n1. Press it.\n2. Do it.\n\n",
    "### Step 1: Wipe\n",
    "---\na: b\n",
    "|Fryer|350 °F|\n",
  ])("of %j alone end", (part) => {
    // As text: what is read in Markdown is read there too.
    expect(extractManual({ id: "d", text: fill(part), format: "text" }).document.id).toBe("d");
  });

  test.each([
    ["a title", `# ${"A".repeat(SIZE)}1\n\n${"Fry at 350 °F.\n\n".repeat(5_000)}`],
    ["the title of a column", `| Item | ${"word ".repeat(SIZE / 5)} |\n|-|-|\n${"| a | 350 °F |\n".repeat(5_000)}`],
    [
      "the title of a column of steps",
      `| Step | ${"word ".repeat(SIZE / 5)} |\n|-|-|\n${"| Press it. | 350 °F |\n".repeat(5_000)}`,
    ],
    ["the label of a row", `| a | b |\n|-|-|\n| ${"word ".repeat(SIZE / 5)} |${" 350 °F |".repeat(5_000)}\n`],
    ["a sentence", `${"word ".repeat(SIZE / 5)}${"350 °F, ".repeat(5_000)}`],
    ["a step", `1. ${"press ".repeat(SIZE / 6)}${"350 °F, ".repeat(5_000)}\n2. Wait.\n`],
    ["a name", `Equipment: ${"FRYER ".repeat(SIZE / 6)}1\n\n${"Fry at 350 °F.\n\n".repeat(5_000)}`],
  ])("whose length is all in %s are read", (_, text) => {
    expect(extractManual({ id: "d", text }).temperatures).toHaveLength(5_000);
  });

  test("with more items than a call can have arguments are read", () => {
    const many = 200_000;
    const steps = extractManual({ id: "d", text: `1. Press.\n2. Press.\n\nNote.\n\n${"3. A\n".repeat(many)}` }).steps;
    expect(steps).toHaveLength(many + 2);
    const table = extractManual({ id: "d", text: `|a|\n|-|\n${"|9°F|\n".repeat(many / 2)}` });
    expect(table.temperatures).toHaveLength(many / 2);
    expect(extractManual({ id: "d", text: `## Models\n\n${"- A1 fryer\n".repeat(many / 2)}` }).equipment).toHaveLength(
      1,
    );
  });

  test("of thousands of machines and procedures do not relate each with each", () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => `| Fryer ${index} | FX-${index} |\n`).join("");
    const tasks = "## Cleaning\n\n1. Wipe it.\n2. Dry it at 100 °F.\n\n".repeat(5_000);
    const manual = extractManual({ id: "d", text: `# Handbook\n\n| Equipment | Model |\n|-|-|\n${rows}\n${tasks}` });
    expect([manual.equipment.length, manual.procedures.length]).toEqual([5_000, 5_000]);
    expect(manual.relations.length).toBeLessThan(50_000);
  });
});
