import { describe, expect, test } from "vitest";
import { bytes } from "../../src/surface/cli/output/figures.ts";
import { clockTime, parseDuration, parseMoment } from "../../src/surface/cli/output/moments.ts";
import { tableLines } from "../../src/surface/cli/output/table.ts";
import { cutTo, inLines, textWidth } from "../../src/surface/cli/output/text-width.ts";

const NOON = Date.UTC(2026, 10, 28, 12);
const HOUR = 3_600_000;

describe("times on a command line", () => {
  test.each([
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["2d", 172_800_000],
    ["500ms", 500],
    ["30", undefined],
    ["", undefined],
    ["-5m", undefined],
    ["5 m", undefined],
    ["1e9d", undefined],
  ])("the duration %j is %j", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    ["2026-11-28", Date.UTC(2026, 10, 28)],
    ["2026-11-28T14:00Z", Date.UTC(2026, 10, 28, 14)],
    ["2026-11-28T14:00", Date.UTC(2026, 10, 28, 14)],
    ["2026-11-28 14:00:30", Date.UTC(2026, 10, 28, 14, 0, 30)],
    ["2026-11-28T14:00+02:00", Date.UTC(2026, 10, 28, 12)],
    ["2h", NOON - 2 * HOUR],
    ["2026-13-01", undefined],
    ["yesterday", undefined],
    ["1795908018438", undefined],
  ])("the moment %j is %j", (text, at) => {
    expect(parseMoment(text, NOON)).toBe(at);
  });

  test("a time has its day where it could be taken for that of another", () => {
    expect(clockTime(NOON, NOON)).toBe("12:00:00");
    expect(clockTime(NOON + 13 * HOUR, NOON)).toBe("2026-11-29 01:00:00");
    expect(clockTime(NOON - 30 * HOUR, NOON)).toBe("2026-11-27 06:00:00");
    // Ten minutes past midnight, seen ten minutes before it.
    expect(clockTime(Date.UTC(2026, 10, 29, 0, 10), Date.UTC(2026, 10, 28, 23, 50))).toBe("00:10:00");
  });
});

describe("text on a terminal", () => {
  test("is as wide as it is drawn", () => {
    expect(["abc", "日本", "é", "e\u0301", "👍🏽", "👩‍🚒", "–"].map(textWidth)).toEqual([3, 4, 1, 1, 2, 2, 1]);
    expect(cutTo("日本語", 5)).toBe("日本…");
    expect(cutTo("日本語", 6)).toBe("日本語");
    expect(inLines("one two 日本語", 7)).toEqual(["one two", "日本語"]);
    expect(inLines("abcdefgh", 3)).toEqual(["abc", "def", "gh"]);
  });

  test("a table lines up, and on a narrow terminal leaves out what says nothing", () => {
    const rows = [
      { name: "日本", figure: 7, note: "" },
      { name: "graph", figure: 1_200, note: "" },
    ];
    const columns = [
      { title: "name", text: ({ name }: (typeof rows)[number]) => name },
      { title: "note", text: ({ note }: (typeof rows)[number]) => note },
      { title: "n", text: ({ figure }: (typeof rows)[number]) => String(figure), align: "right" as const },
    ];
    const screen = { isTerminal: true, hasColour: false };
    expect(tableLines(columns, rows, { ...screen, columns: 120 })).toEqual([
      "name    note      n",
      "日本              7",
      "graph          1200",
    ]);
    expect(tableLines(columns, rows, { ...screen, columns: 80 })).toEqual([
      "name       n",
      "日本       7",
      "graph   1200",
    ]);
  });

  test("sizes are told in units that a person reads", () => {
    expect([0, 96, 1_536, 224_395_264, 2 ** 31].map(bytes)).toEqual(["0 B", "96 B", "1.5 KiB", "214 MiB", "2 GiB"]);
  });
});
