/** How a document is written. `text` also reads underlined, numbered and upper-case headings and tables made of spaces. */
export type ManualFormat = "markdown" | "text";

/** A manual as read from disk or from an operation's input. */
export interface ManualSource {
  /** Unique among the documents of one graph; every id in the extract starts with it. */
  readonly id: string;
  readonly text: string;
  /** Default: `markdown` when a line starts with `#`, else `text`. */
  readonly format?: ManualFormat;
  /** Default: a hash of the text. */
  readonly revision?: string;
}

export interface ManualDocument {
  readonly id: string;
  readonly title: string;
  readonly revision: string;
}

/** A machine that the manual is about, not one that it merely mentions. */
export interface Equipment {
  readonly id: string;
  readonly document: string;
  readonly name: string;
  /** The manufacturer's code, such as `TF-50`; empty when the manual gives none. */
  readonly model: string;
  /** The family it belongs to, such as `fryer`; `equipment` when its name holds no word that we know. */
  readonly kind: string;
}

export interface Procedure {
  readonly id: string;
  readonly document: string;
  readonly name: string;
  /** The headings above it, outermost first, joined by ` > `. */
  readonly section: string;
  readonly stepCount: number;
}

export interface Step {
  readonly id: string;
  readonly document: string;
  readonly procedure: string;
  /** Counts from 1 without gaps, whatever numbers the manual printed. */
  readonly position: number;
  readonly text: string;
}

export type TemperatureUnit = "celsius" | "fahrenheit";

/** How the written figure bounds the real one. */
export type TemperatureComparison = "at" | "at_or_above" | "at_or_below" | "between";

export const TEMPERATURE_PURPOSES = [
  "alarm",
  "ambient",
  "brewing",
  "calibration",
  "cooking",
  "cooling",
  "freezing",
  "hazard",
  "holding",
  "idle",
  "limit",
  "operating",
  "preheating",
  "sanitizing",
  "serving",
  "storage",
  "washing",
  "water_supply",
  "other",
] as const;

/** What a temperature is for, as far as the words around it say. */
export type TemperaturePurpose = (typeof TEMPERATURE_PURPOSES)[number];

/** One statement of a temperature. `350 °F (177 °C)` is one; differences (`within 5 °F`) are none. */
export interface Temperature {
  readonly id: string;
  readonly document: string;
  /** Counts from 1 in the order of the text. */
  readonly position: number;
  /** As written, with the second unit if one follows: `350 °F (177 °C)`. */
  readonly text: string;
  /** The unit that the manual writes first; `lowest` and `highest` are in it. */
  readonly unit: TemperatureUnit;
  readonly lowest: number;
  /** Equals `lowest` unless a range is written. */
  readonly highest: number;
  /** Converted, rounded to a tenth of a degree. */
  readonly lowestCelsius: number;
  readonly highestCelsius: number;
  readonly comparison: TemperatureComparison;
  readonly purpose: TemperaturePurpose;
  /** The sentence or the table cell with its labels; at most 400 characters. */
  readonly context: string;
  readonly section: string;
  /** Id of the procedure it belongs to; empty when it belongs to none. */
  readonly procedure: string;
  /** Id of the step that names it; empty when no step does. */
  readonly step: string;
}

/** An edge of the graph, by the ids of its ends. `type` is one of `manualRelationships`. */
export interface Relation {
  readonly type:
    | "DESCRIBES"
    | "DOCUMENTS"
    | "HAS_PROCEDURE"
    | "HAS_STEP"
    | "STATES"
    | "HAS_TEMPERATURE"
    | "REQUIRES_TEMPERATURE";
  readonly from: string;
  readonly to: string;
  /** Of `HAS_STEP` only. */
  readonly position?: number;
}

/** All that is known of one document. Every list is in the order of the text. */
export interface ExtractedManual {
  readonly document: ManualDocument;
  readonly equipment: readonly Equipment[];
  readonly procedures: readonly Procedure[];
  readonly steps: readonly Step[];
  readonly temperatures: readonly Temperature[];
  readonly relations: readonly Relation[];
}
