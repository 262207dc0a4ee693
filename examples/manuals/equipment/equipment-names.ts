import { findKinds, wordsOf } from "./equipment-kinds.ts";

/** A machine as a title, a label or a table names it. */
export interface EquipmentName {
  readonly name: string;
  /** Empty when the name holds no code. */
  readonly model: string;
  /** Empty when the name holds no word that we know. */
  readonly kind: string;
  /** It names several machines at once (`Holding Cabinets`, `Cooler and Freezer`): no machine when better names are found. */
  readonly isCollective: boolean;
}

const DOCUMENT_NOUN =
  /^(?:manual|manuals|guide|handbook|instructions?|sheet|card|booklet|sop|book|documentation|notes|reference)$/i;
const DOCUMENT_WORD =
  /^(?:operator'?s?|owner'?s?|user'?s?|crew|service|care|cleaning|maintenance|operating|operation|operations|quick|reference|start|installation|training|product|technical|equipment|safety|and|&|the|a|an|of|for|to|use|instruction|team|staff|kitchen|restaurant|store|full|complete|official|revision|rev)$/i;

/** What a title says besides that it is the title of a manual; empty when it says nothing else. */
export function withoutDocumentWords(title: string): string {
  const parts = title.split(/ [-–—|] |: |[–—|]/).map((part) => part.trim());
  return parts
    .map(stripDocumentWords)
    .filter((part) => part !== "")
    .join(" ");
}

function stripDocumentWords(part: string): string {
  let words = part.split(/ +/);
  const leading = /^(?:.{0,60}?\b)?(?:manual|guide|handbook|instructions?) (?:for|of|to)(?: the| your)? (\S.*)$/i.exec(
    part,
  )?.[1];
  if (leading !== undefined) words = leading.split(/ +/);
  const isDocument = (word: string): boolean => DOCUMENT_NOUN.test(word) || DOCUMENT_WORD.test(word);
  if (words.some((word) => DOCUMENT_NOUN.test(word)))
    while (words.length > 0 && isDocument(words.at(-1) ?? "")) words.pop();
  return words.every(isDocument) ? "" : words.join(" ");
}

const ACTIVITY_WORD =
  /^(?:operations?|operating|maintenance|procedures?|cleaning|care|safety|station|startup|start-up|shutdown|use|usage|overview|training|basics|temperatures?|log|checklist|troubleshooting|service|setup|manual|guide)$/i;

/** The machine that a title is about: `Fryer Operation`, `GRILL OPERATION PROCEDURES` and `TF-50 Fryer: Manual` name theirs. */
export function machineOf(title: string): EquipmentName | undefined {
  const words = withoutDocumentWords(title).split(/ +/);
  const kinds = findKinds(wordsOf(words.join(" ")));
  let end = words.length;
  while (end > 0 && (ACTIVITY_WORD.test(words[end - 1] ?? "") || /^(?:and|&)$/i.test(words[end - 1] ?? ""))) end -= 1;
  const rest = words.slice(0, end).join(" ");
  // "Holding and Serving" is no machine; only what names one is freed of the words behind it.
  return readEquipmentName(kinds.length > 0 || findModel(rest) !== "" ? rest : words.join(" "));
}

const CODE = /^(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9]{1,12}(?:[-/.][A-Za-z0-9]{1,12}){0,3}$/;
/** Looks like a code and is none: sizes, voltages, ordinals, gases. */
const NO_CODE =
  /^(?:\d+(?:st|nd|rd|th|v|vac|hz|kw|w|a|lb|lbs|kg|oz|l|ml|qt|gal|in|ft|mm|cm|f|c|h|min|s|x|d|er|series)|\d+-(?:inch|quart|gallon|pound|ounce|hour|day|minute|step|door|burner|shelf|phase)|co2|n2|h2o|r-?\d{2,3}[a-z]?|ip\d{2}|e-?\d+)$/i;

/** The first word that looks like a manufacturer's code: letters and digits together, as in `TF-50`. */
export function findModel(text: string): string {
  for (const word of text.split(/[\s,;()[\]"“”?!]+/)) {
    const bare = word.replace(/[.:]+$/, "");
    if (bare.length <= 40 && CODE.test(bare) && !NO_CODE.test(bare)) return bare;
  }
  return "";
}

/** Two spellings of one code: `C602`, `C-602`, `c 602`. */
export function sameModel(model: string): string {
  return model.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** Reads a name; undefined when nothing is left of it. The caller decides whether it is a machine's. */
export function readEquipmentName(text: string): EquipmentName | undefined {
  if (text.length > 300) return undefined;
  const name = withoutShouting(text.replace(/[\s.,:;–—-]+$/, "").replace(/^(?:the|a|an|your|our) /i, "")).trim();
  if (name === "" || name.length > 100) return undefined;
  const kinds = findKinds(wordsOf(name));
  const isCollective =
    kinds.length > 0 && (kinds.every(({ isPlural }) => isPlural) || (kinds.length > 1 && / (?:and|&|or) /i.test(name)));
  return { name, model: findModel(name), kind: kinds.at(-1)?.kind ?? "", isCollective };
}

/** `VENTRO EH-12 EXHAUST HOOD` is `Ventro EH-12 Exhaust Hood`. */
function withoutShouting(name: string): string {
  if (name !== name.toUpperCase() || (name.length < 8 && findKinds(wordsOf(name)).length === 0)) return name;
  return name.replace(/\p{Lu}[\p{Lu}'’]*(?![\p{L}\d]*\d)/gu, (word, at: number) => {
    const isPartOfCode = /[\d-]/.test(name[at - 1] ?? " ") || /^-?\d/.test(name.slice(at + word.length));
    return isPartOfCode || word.length === 1 ? word : word.charAt(0) + word.slice(1).toLowerCase();
  });
}
