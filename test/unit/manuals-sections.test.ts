import { describe, expect, test } from "vitest";
import { pathOf, splitSections } from "../../examples/manuals/split-sections.ts";

const titles = (text: string, format?: "markdown" | "text") =>
  splitSections(text, format).map(({ level, title }) => `${level} ${title}`);

describe("splitting a manual into sections", () => {
  test("reads headings with hashes, and those underlined", () => {
    expect(titles("# A\n\ntext\n\n## B ##\n\nC\n===\n\nD\n---\n\ntext\n")).toEqual(["1 A", "2 B", "1 C", "2 D"]);
  });

  test("knows the headings above each section", () => {
    const sections = splitSections("# Fryer\n## Cleaning\n### Daily\nx\n## Safety\ny\n# Grill\nz\n");
    expect(sections.map((section) => pathOf(section).join(" > "))).toEqual([
      "Fryer",
      "Fryer > Cleaning",
      "Fryer > Cleaning > Daily",
      "Fryer > Safety",
      "Grill",
    ]);
  });

  test("keeps what stands before the first heading, and a text without any", () => {
    expect(titles("Hello.\n\n# A\n")).toEqual(["0 ", "1 A"]);
    expect(titles("Hello.\nWorld.\n")).toEqual(["0 "]);
  });

  test("finds no section in an empty document", () => {
    expect(splitSections("")).toEqual([]);
    expect(splitSections("\n \n\r\n")).toEqual([]);
  });

  test("reads Windows and old Macintosh line ends as it reads others", () => {
    const text = "# A\n\nOne\ntwo.\n\n- x\n- y\n\n|a|b|\n|-|-|\n|c|d|\n";
    const expected = splitSections(text);
    expect(splitSections(text.replaceAll("\n", "\r\n"))).toEqual(expected);
    expect(splitSections(text.replaceAll("\n", "\r"))).toEqual(expected);
  });

  test("takes numbers off titles, but not the numbers of temperatures", () => {
    expect(titles("# 3. Food safety\n## 5.1 Removing scale\n## 2 Recipes\n## 350 °F and above\n")).toEqual([
      "1 Food safety",
      "2 Removing scale",
      "2 Recipes",
      "2 350 °F and above",
    ]);
  });

  test("sees no heading in code, and no code in a hash without a blank", () => {
    expect(titles("# A\n\n```\n# not one\n```\n\n#5 fryer\n")).toEqual(["1 A"]);
  });

  test("takes a rule between paragraphs for a rule", () => {
    expect(titles("# A\n\nA sentence.\n\n---\n\nAnother.\n***\n")).toEqual(["1 A"]);
  });

  test("reads front matter as text, not as a heading", () => {
    const [first, second] = splitSections("---\ntitle: Fryer\n---\n\n# Fryer\n");
    expect(first?.blocks).toMatchObject([{ kind: "paragraph", lines: ["title: Fryer"] }]);
    expect(second?.title).toBe("Fryer");
  });

  test("leaves comments of HTML out, also one that is never closed", () => {
    expect(titles("# A\n<!-- # B\n# C -->\n# D\n<!-- # E\n")).toEqual(["1 A", "1 D"]);
    expect(splitSections("a <!-- never closed\n# B\n").map(({ title }) => title)).toEqual(["", "B"]);
  });
});

describe("splitting plain text", () => {
  const text = `VENTRO EH-12
Care manual

1. GENERAL

Some words here
over two lines.

2. LIMITS

2.1 Air temperature

Words.

3. STOPPING

1. Turn it off.
2. Wait.
3. Press FAN.

4. Cleaning

Words again.
`;

  test("tells numbered headings from numbered items", () => {
    expect(titles(text, "text")).toEqual([
      "1 VENTRO EH-12",
      "2 GENERAL",
      "2 LIMITS",
      "3 Air temperature",
      "2 STOPPING",
      "2 Cleaning",
    ]);
    const stopping = splitSections(text, "text").find(({ title }) => title === "STOPPING");
    expect(stopping?.blocks).toMatchObject([{ kind: "list", ordered: true }]);
  });

  test("takes a list with blank lines between its items for a list", () => {
    expect(titles("Heading\n-------\n\n1. Turn it off\n\n2. Wait\n\n3. Press FAN\n", "text")).toEqual(["2 Heading"]);
  });

  test("reads a text whose every line has the same margin", () => {
    expect(titles("    Training\n    ========\n\n    Fryer\n    -----\n    - Check it.\n", "text")).toEqual([
      "1 Training",
      "2 Fryer",
    ]);
  });

  test("reads a table whose columns are made of blanks", () => {
    const [section] = splitSections(
      "Chart\n=====\n\n  Item      Oil       Time\n  Fries     350 °F    3 min\n  Pies      360 °F    5 min\n",
      "text",
    );
    expect(section?.blocks).toEqual([
      {
        kind: "table",
        header: ["Item", "Oil", "Time"],
        rows: [
          ["Fries", "350 °F", "3 min"],
          ["Pies", "360 °F", "5 min"],
        ],
      },
    ]);
  });
});

describe("splitting a section into blocks", () => {
  const blocks = (text: string) => splitSections(text, "markdown").flatMap((section) => section.blocks);

  test("joins the lines of a paragraph and takes the marks off", () => {
    expect(blocks("Set it to **350 °F**\nand [read](http://x.y/z) `this`.\n")).toMatchObject([
      { kind: "paragraph", text: "Set it to 350 °F and read this." },
    ]);
  });

  test("puts what is nested in an item into its text", () => {
    expect(
      blocks(
        "1. Remove the sheets:\n   - Unlock the clips.\n   - Slide the bar.\n\n   > **Caution:** hot\n\n2. Wipe.\n",
      ),
    ).toEqual([
      {
        kind: "list",
        ordered: true,
        items: [
          { number: 1, text: "Remove the sheets: Unlock the clips. Slide the bar. Caution: hot" },
          { number: 2, text: "Wipe." },
        ],
      },
    ]);
  });

  test("keeps items that are all written as 1., and separates lists that begin anew", () => {
    expect(blocks("1. a\n1. b\n1. c\n")).toMatchObject([{ items: [{ text: "a" }, { text: "b" }, { text: "c" }] }]);
    expect(blocks("1. a\n2. b\n1. c\n2. d\n")).toMatchObject([
      { items: [{ number: 1 }, { number: 2 }] },
      { items: [{ text: "c" }, { text: "d" }] },
    ]);
  });

  test("knows the other ways to number", () => {
    for (const list of [
      "1) a\n2) b\n",
      "(1) a\n(2) b\n",
      "a. a\nb. b\n",
      "Step 1: a\nStep 2: b\n",
      "**1.** a\n**2.** b\n",
      "- Step 1: a\n- Step 2: b\n",
    ]) {
      expect(blocks(list)).toMatchObject([
        {
          kind: "list",
          ordered: true,
          items: [
            { number: 1, text: "a" },
            { number: 2, text: "b" },
          ],
        },
      ]);
    }
  });

  test("does not take a wrapped number for an item", () => {
    expect(blocks("Keep the oil below\n350. Then wait.\n")).toMatchObject([{ kind: "paragraph" }]);
  });

  test("reads cells with escaped bars, empty ones and rows that are too short", () => {
    expect(blocks("| a | b |\n|---|:-:|\n| x \\| y | |\n| z |\n")).toEqual([
      { kind: "table", header: ["a", "b"], rows: [["x | y", ""], ["z"]] },
    ]);
  });

  test("takes a bold line, and a label above a list, for a title", () => {
    expect(blocks("**Every night**\n\n1. a\n")).toMatchObject([
      { kind: "title", text: "Every night" },
      { kind: "list" },
    ]);
    expect(blocks("Daily Startup:\n1. a\n")).toMatchObject([
      { kind: "title", text: "Daily Startup" },
      { kind: "list" },
    ]);
    expect(blocks("**Warning**\n\n1. a\n")).toMatchObject([{ kind: "paragraph" }, { kind: "list" }]);
  });
});
