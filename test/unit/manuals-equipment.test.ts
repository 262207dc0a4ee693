import { describe, expect, test } from "vitest";
import { extractManual } from "../../examples/manuals/extract-manual.ts";

/** Name, model and kind of each machine. */
const equipment = (text: string) =>
  extractManual({ id: "d", text }).equipment.map(({ name, model, kind }) => [name, model, kind]);

/** Which machine has which procedures, by name. */
const owned = (text: string) => {
  const manual = extractManual({ id: "d", text });
  const nameOf = new Map([...manual.equipment, ...manual.procedures].map(({ id, name }) => [id, name]));
  return manual.relations
    .filter(({ type }) => type === "HAS_PROCEDURE")
    .map(({ from, to }) => `${nameOf.get(from)}: ${nameOf.get(to)}`);
};

describe("finding the machines of a manual", () => {
  test.each([
    ["# Tamarack TF-50 Open Fryer: Operator Manual\n", ["Tamarack TF-50 Open Fryer", "TF-50", "fryer"]],
    ["# Operator's manual for the Halden CG-3 grill\n", ["Halden CG-3 grill", "CG-3", "grill"]],
    ["# Fryer Operation\n", ["Fryer", "", "fryer"]],
    ["# Brightvale DW-44 Dishwasher – Crew Manual\n", ["Brightvale DW-44 Dishwasher", "DW-44", "dishwasher"]],
    [
      "VENTRO EH-12 EXHAUST HOOD\nCare and Cleaning Manual\n\nIt hums.\n",
      ["Ventro EH-12 Exhaust Hood", "EH-12", "exhaust hood"],
    ],
    ["# Holding Cabinet QH-4\n", ["Holding Cabinet QH-4", "QH-4", "holding cabinet"]],
    ["# Gyro Spit: Operator Manual\n", ["Gyro Spit", "", "equipment"]],
    ["# Gyro Spit\n\nThe Gyro Spit turns.\n", ["Gyro Spit", "", "equipment"]],
    ["# Brasero Uno\n\n**Model:** BU1X\n", ["Brasero Uno", "BU1X", "equipment"]],
  ])("reads it from the title of %j", (text, expected) => {
    expect(equipment(text)).toEqual([expected]);
  });

  test.each([
    ["a line", "# User guide\n\nEquipment: Fennick Glacier 500 Ice Machine\nModel: GL-500A\n"],
    ["bold labels", "# User guide\n\n**Appliance:** Fennick Glacier 500 Ice Machine\n**Model no.:** GL-500A\n"],
    ["bullets", "# User guide\n\n- Machine: Fennick Glacier 500 Ice Machine\n- Model: GL-500A\n"],
    ["a table", "# User guide\n\n| | |\n|-|-|\n| Unit | Fennick Glacier 500 Ice Machine |\n| Model | GL-500A |\n"],
  ])("reads name and model from %s", (_, text) => {
    expect(equipment(text)).toEqual([["Fennick Glacier 500 Ice Machine", "GL-500A", "ice machine"]]);
  });

  test("reads one machine from each row of a table and each bullet of a list of models", () => {
    const expected = [
      ["Quillon QH-4 Holding Cabinet", "QH-4", "holding cabinet"],
      ["Quillon QW-2 Landing Station", "QW-2", "holding cabinet"],
    ];
    expect(
      equipment(
        "# Holding Cabinets: Guide\n\n## Models covered\n\n| Model | Name |\n|-|-|\n| QH-4 | Quillon QH-4 Holding Cabinet |\n| QW-2 | Quillon QW-2 Landing Station |\n",
      ),
    ).toEqual(expected);
    expect(
      equipment(
        "# Holding Cabinets: Guide\n\n## Models covered\n\n- Quillon QH-4 Holding Cabinet – four shelves\n- Quillon QW-2 Landing Station (two)\n",
      )[0],
    ).toEqual(expected[0]);
  });

  test("reads the machines of a handbook from its headings, each with its own procedures and model", () => {
    const text =
      "# Kitchen handbook\n\n## Deep fryer\n\nModel: FX-1\n\n### Cleaning\n\n1. Wipe it.\n2. Dry it.\n\n## GRILL OPERATION\n\n### Cleaning\n\n1. Scrape it.\n2. Dry it.\n\n## All machines\n\n1. Unplug it.\n2. Call service.\n";
    expect(equipment(text)).toEqual([
      ["Deep fryer", "FX-1", "fryer"],
      ["Grill", "", "grill"],
    ]);
    expect(owned(text)).toEqual([
      "Deep fryer: Cleaning",
      "Grill: Cleaning",
      "Deep fryer: All machines",
      "Grill: All machines",
    ]);
  });

  test("takes the parts of one machine, and machines that it only mentions, for none", () => {
    const text =
      "# Fennick GL-5 Ice Machine\n\nNot beside a fryer or an oven.\n\n## Ice bin\n\n## Water heater connection\n\n## Cleaning the dishwasher rack\n\nSend it through the dishwasher.\n";
    expect(equipment(text)).toEqual([["Fennick GL-5 Ice Machine", "GL-5", "ice machine"]]);
  });

  test("does not take a text about something else for a machine's manual", () => {
    for (const title of ["Hand washing", "Cross-contamination", "Opening checklist", "Shift notes", "Cleaning guide"]) {
      expect({ title, found: equipment(`# ${title}\n\nWash your hands.\n`) }).toEqual({ title, found: [] });
    }
  });

  test("falls back to the machines that a text without headings mentions", () => {
    expect(equipment("Drop the fries into the fryer at 350 °F. The deep fryer beeps.\n")).toEqual([
      ["Deep fryer", "", "fryer"],
    ]);
    const text = "Check the walk-in cooler: 40 °F or below.\nCheck the grill: 350 °F.\nCheck it all again: 32 °F.\n";
    const manual = extractManual({ id: "d", text: text.replaceAll("\n", "\n\n") });
    const nameOf = new Map(manual.equipment.map(({ id, name }) => [id, name]));
    expect(
      manual.relations
        .filter(({ type }) => type === "HAS_TEMPERATURE")
        .map(({ from, to }) => `${nameOf.get(from)} ${to}`),
    ).toEqual(["Walk-in cooler d/temperature/text/40-fahrenheit", "Grill d/temperature/text/350-fahrenheit"]);
  });

  test("knows one model in two spellings for one machine", () => {
    expect(
      equipment("# C602 Shake Machine: Manual\n\n| Model | Name |\n|-|-|\n| C-602 | Shake machine |\n"),
    ).toHaveLength(1);
    expect(
      equipment(
        "# Shake machines: Manual\n\n| Model | Name |\n|-|-|\n| C602 | Shake machine |\n| C606 | Shake machine |\n",
      ).map(([, model]) => model),
    ).toEqual(["C602", "C606"]);
  });

  test("begins every id with the document's, so that two manuals share no node", () => {
    const text = "# TF-5 Fryer\n\n## Cleaning\n\n1. Wipe it at 100 °F.\n2. Dry it.\n";
    const ids = (id: string) => {
      const manual = extractManual({ id, text });
      return [...manual.equipment, ...manual.procedures, ...manual.steps, ...manual.temperatures].map(
        (each) => each.id,
      );
    };
    expect(ids("a").every((id) => id.startsWith("a/"))).toBe(true);
    expect(new Set([...ids("a"), ...ids("b")]).size).toBe(2 * ids("a").length);
  });
});
