import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { extractManual } from "../../examples/manuals/extract-manual.ts";
import { readDocuments } from "../../examples/manuals/read-documents.ts";

/*
 * What a person found who read the manuals: each machine; each procedure with the number of its steps and how the first
 * and the last begin; each temperature in the order of the text, in the unit that is written first.
 */
interface Reading {
  readonly equipment: readonly (readonly [name: string, model: string, kind: string])[];
  readonly procedures: readonly (readonly [name: string, steps: number, first: string, last: string])[];
  readonly unit: "fahrenheit" | "celsius";
  /** `160..175` is a range; a `C` behind one tells that it is not in `unit`. */
  readonly temperatures: string;
}

const READINGS: Readonly<Record<string, Reading>> = {
  "open-fryer": {
    equipment: [["Tamarack TF-50 Open Fryer", "TF-50", "fryer"]],
    procedures: [
      ["Starting the fryer", 5, "Check that the oil", "Measure the oil"],
      ["Filtering the oil", 7, "Turn POWER off", "Press POWER and watch"],
      ["Boiling out the vat", 6, "Drain the oil", "Fill the vat with fresh oil"],
    ],
    unit: "fahrenheit",
    temperatures: "650 450 180 350 350 350 165 325 165 345 145 360 280 300 195 32 375",
  },
  "clamshell-grill": {
    equipment: [["Halden CG-3 Clamshell Grill", "CG-3", "grill"]],
    procedures: [
      ["Opening the grill", 4, "Inspect the surfaces", "Verify the temperature"],
      ["Cooking a run of patties", 6, "Press the lane's key", "Scrape the plate"],
      ["Daily cleaning", 9, "Select CLEAN", "Fit new release sheets"],
      ["Weekly calibration", 4, "Close one platen", "Write the date"],
    ],
    unit: "fahrenheit",
    temperatures: "350 425 275 155 0 10 475 525 340..360 300 120 90 340",
  },
  "ice-machine": {
    equipment: [["Fennick Glacier 500 Ice Machine", "GL-500A", "ice machine"]],
    procedures: [
      ["Daily start-up check", 5, "Look at the status light", "Note the bin level"],
      ["Removing scale", 6, "Set the toggle switch", "Drain the trough"],
      ["Sanitizing the machine", 7, "Mix 3 oz", "Discard the first two"],
      ["Cleaning the condenser", 5, "Disconnect the power", "Refit the filter"],
      ["Shutting down for the season", 4, "Turn the toggle switch", "Leave the bin door"],
    ],
    unit: "fahrenheit",
    temperatures: "-10 50 50..100 90 45..85 41 95 250 100 32",
  },
  "holding-cabinet": {
    equipment: [
      ["Quillon QH-4 Universal Holding Cabinet", "QH-4", "holding cabinet"],
      ["Quillon QH-8 Double Holding Cabinet", "QH-8", "holding cabinet"],
      ["Quillon QW-2 Heated Landing Station", "QW-2", "holding cabinet"],
    ],
    procedures: [
      ["Opening", 6, "Check that every cell", "Probe one cell"],
      ["Putting product into a cell", 4, "Load the tray", "When the timer reaches zero"],
      ["Closing", 5, "Press and hold POWER", "Wipe the outside"],
      ["Monthly check of the plates", 5, "Set all cells", "Enter the readings"],
    ],
    unit: "fahrenheit",
    temperatures: "135 150 200 180 185 175 180 165 175 155 190 180 140 140 100 175..185 185..195 158",
  },
  "shake-machine": {
    equipment: [["Alpenrose SM-72 Shake Machine", "SM-72", "shake machine"]],
    procedures: [
      ["Opening the store", 6, "Read the display", "Measure the second one"],
      ["Starting the heat-treatment cycle", 4, "Fill both hoppers", "Leave the machine alone"],
      ["Daily closing tasks", 3, "Wipe the spout", "Top up the hoppers"],
      ["Disassembling and cleaning (every 14 days)", 12, "Press WASH", "Reassemble"],
      ["Sanitizing before use", 5, "Mix 2.5 gallons", "Fill with mix"],
    ],
    unit: "fahrenheit",
    temperatures: "38..40 26 151 41 45 41 24..28 110 75..90 45 45 151 90",
  },
  "contact-toaster": {
    equipment: [["Marlowe CT-1200 Vertical Contact Toaster", "CT-1200", "toaster"]],
    procedures: [
      ["Start-up", 5, "Fit a clean release sheet", "Feed two test buns"],
      ["Adjusting the compression", 4, "Measure the thickness", "Turn one number lower"],
      ["Cleaning: Every four hours", 3, "Press STANDBY", "Empty the crumb tray"],
      ["Cleaning: Every night", 7, "Turn the switch off", "Put everything back"],
      ["Replacing the release sheet", 4, "Unplug", "Smooth out"],
    ],
    unit: "fahrenheit",
    temperatures: "200C 530 545 560 480 600 530 140 120 300C 500 575",
  },
  "walk-in-cooler": {
    equipment: [
      ["Walk-in cooler CH-810C", "CH-810C", "cooler"],
      ["Walk-in freezer CH-810F", "CH-810F", "freezer"],
    ],
    procedures: [
      ["Receiving a delivery", 5, "Measure the temperature", "Move chilled goods"],
      ["Defrosting by hand", 6, "Move all food", "Return the food"],
      ["Cleaning both rooms: Every week", 4, "Sweep the floor", "Check that the strip curtains"],
      ["If the power fails", 5, "Write down the time", "Cook thawed food"],
    ],
    unit: "fahrenheit",
    temperatures: "34..38 41 42 40 41 135 70 70 41 -10 0 10 5 55 0 100..110 225 41 41",
  },
  dishwasher: {
    equipment: [["Brightvale DW-44 Door-Type Dishwasher", "DW-44", "dishwasher"]],
    procedures: [
      ["Filling the machine", 5, "Fit the drain plug", "Check the detergent"],
      ["Washing", 5, "Scrape and pre-rinse", "Pull the rack out"],
      ["Shutting down", 5, "Open the door", "Wipe the inside"],
      ["Deliming", 5, "Fill the tank", "Switch the detergent pump on"],
    ],
    unit: "fahrenheit",
    temperatures: "150 120 180 120 110 120 195 160 95..110 150 150 180 195 210",
  },
  "beverage-dispenser": {
    equipment: [["Cascada 8 Beverage Dispenser", "CB-8", "beverage dispenser"]],
    procedures: [
      ["Before opening", 5, "Fill the ice bin", "Taste each flavor"],
      ["At closing", 5, "Remove the nozzles", "Wipe the valves"],
      ["Changing a bag-in-box", 6, "Pull the connector's", "Draw the drink"],
      ["Sanitizing the syrup lines", 8, "Disconnect the bags", "Connect the bags"],
      ["Changing the CO2 cylinder", 7, "Close the cylinder valve", "Brush soap water"],
    ],
    unit: "fahrenheit",
    temperatures: "36..40 40 75 40..90 75 40 120 140 90..110 125 75",
  },
  "exhaust-hood": {
    equipment: [["Ventro EH-12 Exhaust Hood", "EH-12", "exhaust hood"]],
    procedures: [
      ["Starting the hood", 5, "Check that all eight", "Only then light"],
      ["Stopping the hood", 3, "Turn off all appliances", "Press FAN and LIGHT"],
      ["Filters (every night)", 6, "Wait until the hood", "Put the filters back"],
      ["Inside of the canopy (every week)", 6, "Cover the appliances", "Check that every nozzle"],
      ["FIRE", 4, "Pull the red handle", "Do not go back"],
    ],
    unit: "fahrenheit",
    temperatures: "90 275 360 100 140..160 400 360 90",
  },
  "combi-oven": {
    equipment: [["Orsina C-61 Combi Oven", "C-61", "oven"]],
    procedures: [
      ["Preheating", 5, "Close the door", "Load the pans"],
      ["Using the core probe", 5, "Disinfect the probe", "When the oven beeps"],
      ["Daily: automatic wash", 5, "Let the cavity cool", "Leave the door ajar"],
      ["Every three months: descaling", 6, "Press DESCALE", "Run a rinse"],
    ],
    unit: "fahrenheit",
    temperatures: "86..266 86..572 86..572 248..284 365 165 350 400 212 260 165 140 140 212 104 212 160 626 40..95 86",
  },
  "coffee-brewer": {
    equipment: [["Kettleby K2 Twin Coffee Brewer", "K2", "coffee brewer"]],
    procedures: [
      ["Brewing a batch", 7, "Rinse the server", "Wait until the drip light"],
      ["Daily cleaning", 4, "Discard grounds", "Rinse the servers"],
      ["Weekly deep clean of the servers", 5, "Put one packet", "Rinse three times"],
      ["Descaling the tank", 8, "Open the drain cock", "Brew two batches"],
    ],
    unit: "celsius",
    temperatures: "94 92..96 80..85 77 74 88 18..22 45..50 85 40 60 94 300 152 0 -20 90 96 99",
  },
};

const folder = fileURLToPath(new URL("../../examples/manuals/documents", import.meta.url));
const documents = await readDocuments(folder);

describe("the manuals that come with the example", () => {
  test("are a dozen, in Markdown and in plain text, and each has been read by a person", () => {
    expect(documents.map(({ id }) => id)).toEqual(Object.keys(READINGS).sort());
    expect(documents.filter(({ format }) => format === "text")).toHaveLength(2);
  });

  describe.each(documents.map((document) => ({ id: document.id, document })))("$id", ({ id, document }) => {
    const reading = READINGS[id];
    if (reading === undefined) throw new Error(`Nobody has read ${id}.`);
    const manual = extractManual(document);

    test("yields its equipment", () => {
      expect(manual.equipment.map(({ name, model, kind }) => [name, model, kind])).toEqual(reading.equipment);
    });

    test("yields every procedure with all its steps in order", () => {
      const found = manual.procedures.map(({ id: procedure, name }) => {
        const steps = manual.steps.filter((step) => step.procedure === procedure);
        return {
          name,
          positions: steps.map(({ position }) => position),
          first: steps[0]?.text,
          last: steps.at(-1)?.text,
        };
      });
      expect(found).toEqual(
        reading.procedures.map(([name, count, first, last]) => ({
          name,
          positions: Array.from({ length: count }, (_, index) => index + 1),
          first: expect.stringMatching(new RegExp(`^${first}`)),
          last: expect.stringMatching(new RegExp(`^${last}`)),
        })),
      );
      // The texts of the steps stand in the manual in the order in which they were found.
      const plain = document.text.replace(/\s+/g, " ");
      let from = 0;
      for (const { text } of manual.steps) {
        from = plain.indexOf(text.slice(0, 12), from);
        expect({ text, isFound: from >= 0 }).toEqual({ text, isFound: true });
      }
    });

    test("yields every temperature in the order of the text", () => {
      const found = manual.temperatures.map(({ lowest, highest, unit }) => {
        return `${lowest === highest ? lowest : `${lowest}..${highest}`}${unit === reading.unit ? "" : unit === "celsius" ? "C" : "F"}`;
      });
      expect(found.join(" ")).toBe(reading.temperatures);
    });

    test("yields relations whose ends it has, each once, and leaves nothing unrelated", () => {
      const known = new Set([
        id,
        ...[...manual.equipment, ...manual.procedures, ...manual.steps, ...manual.temperatures].map((each) => each.id),
      ]);
      expect(known.size).toBe(
        1 + manual.equipment.length + manual.procedures.length + manual.steps.length + manual.temperatures.length,
      );
      expect(manual.relations.filter(({ from, to }) => !known.has(from) || !known.has(to))).toEqual([]);
      expect(new Set(manual.relations.map(({ type, from, to }) => `${type} ${from} ${to}`)).size).toBe(
        manual.relations.length,
      );
      const ends = new Set(manual.relations.map(({ to }) => to));
      expect([...known].filter((each) => each !== id && !ends.has(each))).toEqual([]);
      const count = (type: string) => manual.relations.filter((relation) => relation.type === type).length;
      expect([count("DESCRIBES"), count("DOCUMENTS"), count("HAS_STEP"), count("STATES")]).toEqual([
        manual.equipment.length,
        manual.procedures.length,
        manual.steps.length,
        manual.temperatures.length,
      ]);
    });
  });

  test("say of their temperatures what these are for", () => {
    const purposes = (id: string, purpose: string) => {
      const document = documents.find((each) => each.id === id);
      if (document === undefined) throw new Error(id);
      return extractManual(document)
        .temperatures.filter((each) => each.purpose === purpose)
        .map(({ lowest }) => lowest);
    };
    expect(purposes("open-fryer", "cooking")).toEqual([350, 350, 165, 325, 165, 345, 145, 360]);
    expect(purposes("open-fryer", "limit")).toEqual([450]);
    expect(purposes("open-fryer", "idle")).toEqual([280]);
    expect(purposes("clamshell-grill", "alarm")).toEqual([475]);
    expect(purposes("holding-cabinet", "alarm")).toEqual([140]);
    expect(purposes("holding-cabinet", "holding")).toEqual([
      135, 200, 180, 185, 175, 180, 165, 175, 155, 190, 180, 175, 185,
    ]);
    expect(purposes("walk-in-cooler", "alarm")).toEqual([42, 10]);
    expect(purposes("dishwasher", "water_supply")).toEqual([110, 120]);
    expect(purposes("exhaust-hood", "limit")).toEqual([360, 360]);
  });
});
