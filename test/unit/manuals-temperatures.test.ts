import { describe, expect, test } from "vitest";
import { extractManual } from "../../examples/manuals/extract-manual.ts";
import { celsius, findTemperatures } from "../../examples/manuals/temperatures/find-temperatures.ts";

/** `350F`, `160..175F`, in the order of the text. */
const found = (text: string): readonly string[] =>
  findTemperatures(text).map(
    ({ lowest, highest, unit }) =>
      `${lowest === highest ? lowest : `${lowest}..${highest}`}${unit === "celsius" ? "C" : "F"}`,
  );

const comparison = (text: string) => findTemperatures(text).map((each) => each.comparison);

const purposeOf = (text: string): string =>
  extractManual({ id: "d", text })
    .temperatures.map(({ purpose }) => purpose)
    .join(" ");

describe("finding temperatures in a text", () => {
  test.each([
    ["350 °F", "350F"],
    ["350°F", "350F"],
    ["350 ° F", "350F"],
    ["350º F", "350F"],
    ["350˚F", "350F"],
    ["350F", "350F"],
    ["350f", "350F"],
    ["350 F.", "350F"],
    ["350oF", "350F"],
    ["350 ℉", "350F"],
    ["350 degrees Fahrenheit", "350F"],
    ["350 Degrees F", "350F"],
    ["350 deg. F", "350F"],
    ["350-degree Fahrenheit oil", "350F"],
    ["350 FAHRENHEIT", "350F"],
    ["74 °C", "74C"],
    ["74 ℃", "74C"],
    ["74 degrees Celsius", "74C"],
    ["300 degrees C", "300C"],
    ["200 C", "200C"],
    ["66.1 °C", "66.1C"],
    ["3,5 °C", "3.5C"],
    ["1,200 °F", "1200F"],
    ["350&deg;F", "350&deg;F"],
  ])("reads %j", (text, expected) => {
    // Entities are resolved before this, with the other marks.
    expect(found(text).join() || text).toBe(expected);
  });

  test.each([
    ["-18 °C", "-18C"],
    ["−18 °C", "-18C"],
    ["–18 °C", "-18C"],
    ["(-18 °C)", "-18C"],
    ["Freezer: -10°F", "-10F"],
    ["minus 10 °F", "-10F"],
    ["10 °F below zero", "-10F"],
    ["+10 °F", "10F"],
    ["Idle - 200 °F", "200F"],
    ["Idle – 200 °F", "200F"],
  ])("reads the sign of %j", (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  test.each([
    ["160–175 °F", "160..175F"],
    ["160-175°F", "160..175F"],
    ["45 – 85 °F", "45..85F"],
    ["160 °F–175 °F", "160..175F"],
    ["65° - 75° F", "65..75F"],
    ["75 to 90 °F", "75..90F"],
    ["from 35 °F to 40 °F", "35..40F"],
    ["between 2 °C and 5 °C", "2..5C"],
    ["between 2 and 5 °C", "2..5C"],
    ["-18 to -15 °C", "-18..-15C"],
    ["-15 to -18 °C", "-18..-15C"],
    ["-18–-15 °C", "-18..-15C"],
    ["−23 °C to −18 °C", "-23..-18C"],
  ])("reads the range %j", (text, expected) => {
    expect(found(text)).toEqual([expected]);
    expect(comparison(text)).toEqual(["between"]);
  });

  test.each([
    ["350 °F (177 °C)", "350F"],
    ["350°F/177°C", "350F"],
    ["350°F 177°C", "350F"],
    ["180 °C (356 °F)", "180C"],
    ["26 °F (−3.3 °C)", "26F"],
    ["36 °F to 40 °F (2 to 4 °C)", "36..40F"],
    ["50 °F and 100 °F", "50F,100F"],
    ["between 50 °F and 100 °F (10 °C to 38 °C)", "50..100F"],
    ["between 92 °C (198 °F) and 96 °C (205 °F)", "92..96C"],
    ["92 °C [198 °F]", "92C"],
    ["200 C (392 F)", "200C"],
  ])("reads %j once, not once in each unit", (text, expected) => {
    expect(found(text).join()).toBe(expected);
  });

  test("keeps two temperatures apart that only stand like a pair", () => {
    expect(found("350 °F (74 °C inside)")).toEqual(["350F", "74C"]);
    expect(found("325 or 350 °F")).toEqual(["325F", "350F"]);
    expect(found("cool from 135 °F to 70 °F, then to 41 °F")).toEqual(["135F", "70F", "41F"]);
    expect(found("cook at 350 °F to 165 °F inside")).toEqual(["350F", "165F"]);
  });

  test.each([
    "turn it a quarter turn (90°)",
    "open the door to 135°",
    "within 5 °F of the display",
    "± 2 °C",
    "+/-5 °F",
    "accuracy: ±1°F (±0.5°C)",
    "5 °F above its setting",
    "20 °F above the set point",
    "more than 5 °F away from the display",
    "the temperature plus 50 °F",
    "lower it by 25 °F",
    "raises temp 5-8°F",
    "Model FX-350F",
    "the CH-810C and the CH-810F",
    "model 350 F",
    "FX350F",
    "10 C batteries",
    "two 5 A fuses, 120 V, 60 Hz",
    "208 V, 3 phases, 55 A",
    "50 lb (23 kg), 1/2 inch, 2.75 gallons",
    "350 degrees",
    "call 1-800-555-0100",
    "25 grams, 30 Celsiuses",
    "#350F",
    "-400 °C",
    "",
  ])("finds none in %j", (text) => {
    expect(found(text)).toEqual([]);
  });

  test("does not take a number beside a temperature for a range", () => {
    expect(found("Step 2 - 350 °F")).toEqual(["350F"]);
    expect(found("20 to 80 psi at 45–85 °F")).toEqual(["45..85F"]);
    expect(found("10–15 minutes at 350 °F")).toEqual(["350F"]);
    expect(found("Program 3 – 180 °F")).toEqual(["180F"]);
  });

  test("knows how a figure bounds the real one", () => {
    expect(comparison("at 350 °F")).toEqual(["at"]);
    expect(comparison("135 °F (57 °C) or above; at least 135 °F; not below 135 °F; > 135 °F; 135 °F minimum")).toEqual(
      Array(5).fill("at_or_above"),
    );
    expect(
      comparison(
        "41 °F or below; never warmer than 41 °F; at most 41 °F; ≤ 41 °F; 41 °F max; below 41 °F; not hotter than 41 °F",
      ),
    ).toEqual(Array(7).fill("at_or_below"));
  });

  test("converts to Celsius, rounded to a tenth, without a negative zero", () => {
    expect([
      celsius(350, "fahrenheit"),
      celsius(-40, "fahrenheit"),
      celsius(0, "fahrenheit"),
      celsius(32, "fahrenheit"),
    ]).toEqual([176.7, -40, -17.8, 0]);
    expect(Object.is(celsius(31.99, "fahrenheit"), 0)).toBe(true);
  });
});

describe("what a temperature is for and belongs to", () => {
  test.each([
    ["An alarm sounds at 475 °F.", "alarm"],
    ["The high-limit switch cuts the gas at 450 °F.", "limit"],
    ["Never set it above 600 °F.", "limit"],
    ["Hold fries at 180 °F.", "holding"],
    ["Chicken is done at a core temperature of 165 °F.", "cooking"],
    ["Wash the parts in detergent at 110 °F.", "washing"],
    ["The final rinse needs 180 °F.", "sanitizing"],
    ["The display drops to the idle temperature of 280 °F.", "idle"],
    ["Let the oil cool to 300 °F.", "cooling"],
    ["Water at 150 °F burns.", "hazard"],
    ["The room air may reach 90 °F.", "ambient"],
    ["An ice bath must read 32 °F.", "calibration"],
    ["The set point is 350 °F.", "operating"],
    ["Store beans at 18 °C.", "storage"],
    ["The air inside is at 41 °F.", "other"],
  ])("says of %j: %s", (text, expected) => {
    expect(purposeOf(text)).toBe(expected);
  });

  test("takes the nearest word, then the column, the row and the headings", () => {
    expect(purposeOf("Hold at 140 °F, alarm at 120 °F, cook at 350 °F.")).toBe("holding alarm cooking");
    expect(purposeOf("| Item | Holding | Alarm |\n|-|-|-|\n| Eggs | 155 °F | 140 °F |\n")).toBe("holding alarm");
    expect(purposeOf("| Stage | Value |\n|-|-|\n| Wash tank | 150 °F |\n| Final rinse | 180 °F |\n")).toBe(
      "washing sanitizing",
    );
    expect(purposeOf("# Fryer\n\n## Cooking\n\n| Item | Oil |\n|-|-|\n| Pies | 360 °F |\n")).toBe("cooking");
    expect(purposeOf("Measure one drink. It must be 40 °F or less.")).toBe("serving");
  });

  test("says what a cell is about", () => {
    const { temperatures } = extractManual({ id: "d", text: "| Item | Oil temperature |\n|-|-|\n| Pies | 360 °F |\n" });
    expect(temperatures.map(({ context }) => context)).toEqual(["Pies – Oil temperature: 360 °F"]);
  });

  test("reads bare numbers below a column title with a unit, and a second column that says the same once", () => {
    const text =
      "| Item | Oil (°F) | Oil (°C) | Time (min) |\n|-|-|-|-|\n| Pies | 360 | 182 | 5 |\n| Fries | 340–350 | 171–177 | 3 |\n| Fish | 345 | 63 | 4 |\n";
    expect(
      extractManual({ id: "d", text }).temperatures.map((each) => `${each.lowest}..${each.highest} ${each.unit}`),
    ).toEqual(["360..360 fahrenheit", "340..350 fahrenheit", "345..345 fahrenheit", "63..63 celsius"]);
  });

  test("belongs to the machine whose section, row or sentence it stands in", () => {
    const text =
      "# Kitchen handbook\n\n## Fryer\n\nRuns at 350 °F.\n\n## Grill\n\nRuns at 400 °F.\n\n## Limits\n\n| Machine | Alarm |\n|-|-|\n| Fryer | 450 °F |\n| Grill | 500 °F |\n";
    const manual = extractManual({ id: "d", text });
    const nameOf = new Map(manual.equipment.map(({ id, name }) => [id, name]));
    const textOf = new Map(manual.temperatures.map(({ id, text: written }) => [id, written]));
    const pairs = manual.relations
      .filter(({ type }) => type === "HAS_TEMPERATURE")
      .map(({ from, to }) => `${nameOf.get(from)} ${textOf.get(to)}`);
    expect(pairs).toEqual(["Fryer 350 °F", "Grill 400 °F", "Fryer 450 °F", "Grill 500 °F"]);
  });

  test("belongs to the step that names it, also where it stands in what is nested there", () => {
    const text =
      "# TF-5 Fryer\n\n## Cleaning\n\nWait for 100 °F first.\n\n1. Turn it off.\n2. Cool it:\n   - to 120 °F, and\n   - no further.\n3. Wash it at 110 °F.\n";
    const manual = extractManual({ id: "d", text });
    const positionOf = new Map(manual.steps.map(({ id, position }) => [id, position]));
    expect(manual.temperatures.map(({ lowest, step, procedure }) => [lowest, positionOf.get(step), procedure])).toEqual(
      [
        [100, undefined, "d/procedure/cleaning"],
        [120, 2, "d/procedure/cleaning"],
        [110, 3, "d/procedure/cleaning"],
      ],
    );
  });
});
