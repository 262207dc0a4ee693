import { findKinds, wordsOf } from "../equipment/equipment-kinds.ts";
import { findModel, sameModel } from "../equipment/equipment-names.ts";
import type { TemperaturePurpose } from "../extracted-manual.ts";
import { purposeNear, purposeOfWords } from "../temperatures/temperature-purpose.ts";

/** A question as the rules understand it. */
export interface ParsedQuestion {
  readonly asksFor: "temperature" | "steps" | "equipment" | "unknown";
  /** The machines it names, by kind; `phrase` is what it calls them. */
  readonly machines: readonly { readonly kind: string; readonly phrase: string }[];
  /** The model it names, as it is looked up: `tf50`; empty for none. */
  readonly modelKey: string;
  readonly purpose: TemperaturePurpose | undefined;
  /** It is about something `hot` or `cold`. */
  readonly warmth: "hot" | "cold" | undefined;
  /** Its words in lower case. */
  readonly words: readonly string[];
  /** The stems of what else it says; an answer must have to do with one of them. */
  readonly topics: readonly string[];
  /** The stems of the words that name the purpose: `hold`. */
  readonly purposeStems: readonly string[];
}

const ASKS_STEPS =
  /\b(?:steps?|how (?:do|to|can|should|must|often do)|procedures?|instructions?|walk me through|show me how)\b/i;
const ASKS_EQUIPMENT =
  /\b(?:which|what) (?:equipment|machines?|appliances?|devices?|units?|cabinets?)\b|^what (?:holds|keeps|makes|cooks|cools|cleans|washes|stores)\b/i;
const ASKS_TEMPERATURE =
  /\b(?:temperatures?|temps?|degrees|how (?:hot|warm|cold|cool)|set ?points?|fahrenheit|celsius)\b|°/i;

/** Words that every question has. They say nothing of what is asked for. */
const SILENT = new Set(
  `a about across all am an and any are as at be been by can cold come comes correct cool degree degrees do does equipment food foods for from get gets give
  go goes going hot how i if in into is it its machine machines many me much must my need needed needs of off on one or our out proper required right
  safe set setting should show so some step steps tell temp temperature temperatures temps than that the their them there they thing things this to trigger
  unit up use used using want warm was we what when where which while who why will with you your appliance appliances procedure procedures instruction
  instructions sound sounds product products item items reach have has happen fahrenheit celsius kept often`.split(
    /\s+/,
  ),
);

/** The bare form of a word, for comparing only: `cleaning`, `cleaned` and `clean` are one, and so are `fries` and `fry`. */
export function stem(word: string): string {
  const plain = word.toLowerCase().replace(/['’]s$/, "");
  for (const [ending, instead] of [
    ["ies", "y"],
    ["ings", ""],
    ["ing", ""],
    ["ed", ""],
    ["es", ""],
    ["s", ""],
    ["e", ""],
  ] as const) {
    if (!plain.endsWith(ending) || plain.length - ending.length < 3 || plain.endsWith("ss")) continue;
    const cut = plain.slice(0, -ending.length) + instead;
    // "shutting", "stopped"
    return /([bdgmnprt])\1$/.test(cut) ? cut.slice(0, -1) : cut;
  }
  return plain;
}

/** The stems of what a text says, without the words that every text has. */
export function stemsOf(text: string): readonly string[] {
  const words = wordsOf(text).flatMap((word) => (word.includes("-") ? [word, ...word.split("-")] : [word]));
  return words.filter((word) => !SILENT.has(word) && word.length > 1).map(stem);
}

export function parseQuestion(question: string): ParsedQuestion {
  const words = wordsOf(question);
  const kinds = findKinds(words);
  const model = findModel(question);
  const rest = words.filter(
    (word, place) => sameModel(word) !== sameModel(model) && !kinds.some(({ from, to }) => place >= from && place < to),
  );
  const sentence = rest.join(" ");
  const namesPurpose = (word: string, place: number): boolean =>
    [word, `${word} ${rest[place + 1]}`, `${rest[place - 1]} ${word}`].some(
      (phrase) => purposeOfWords(phrase) !== undefined,
    );
  return {
    asksFor: asksFor(question),
    machines: kinds.map(({ kind, phrase }) => ({ kind, phrase })),
    modelKey: sameModel(model),
    words,
    purpose: purposeNear(sentence, sentence.length, sentence.length),
    warmth: warmthOf(rest),
    topics: distinctStems(rest.filter((word, place) => !namesPurpose(word, place))),
    purposeStems: distinctStems(rest.filter(namesPurpose)),
  };
}

function distinctStems(words: readonly string[]): readonly string[] {
  return [...new Set(stemsOf(words.join(" ")))];
}

function asksFor(question: string): ParsedQuestion["asksFor"] {
  if (ASKS_EQUIPMENT.test(question)) return "equipment";
  if (ASKS_TEMPERATURE.test(question)) return "temperature";
  return ASKS_STEPS.test(question) ? "steps" : "unknown";
}

function warmthOf(words: readonly string[]): "hot" | "cold" | undefined {
  if (words.some((word) => /^(?:hot|warm)$/.test(word))) return "hot";
  return words.some((word) => /^(?:cold|cool|chilled|frozen)$/.test(word)) ? "cold" : undefined;
}
