import type { TemperatureUnit } from "../extracted-manual.ts";

/** A number in a text, with the unit of temperature behind it, if one is. */
export interface Quantity {
  readonly start: number;
  readonly end: number;
  readonly value: number;
  /** `degree`: a degree sign without a letter, as in `325°–350°F` or a quarter turn of `90°`. */
  readonly unit: TemperatureUnit | "degree" | undefined;
  /** Digits before the decimal sign. */
  readonly digits: number;
}

const NUMBER = /\d+(?:[.,]\d+)*/g;
const UNIT =
  /( ?[°º˚] ?|o(?=[FC]\b)|[ -]?\b[Dd]eg(?:ree)?s?\.? ?|[ -]?\bDEG(?:REE)?S?\.? ?| )?(?:([Ff]ahrenheit|[Cc]elsius|[Cc]entigrade|FAHRENHEIT|CELSIUS|CENTIGRADE)(?![\p{L}\d])|([FfCc])(?![\p{L}\d])|([℉℃]))/uy;
const DEGREE_ONLY = / ?[°º˚]/y;
const MINUS = /[-−–‒]/;
/** What may stand before a minus sign. After a letter or a digit it is a hyphen or a dash. */
const BEFORE_MINUS = /[\s([{/|~<>≤≥=:,;"“]/;
const NOT_TEMPERATURE_BEFORE =
  /\b(?:step|item|model|section|table|shelf|page|figure|fig\.|size|class|phase|type|part|series|grade|no\.|number|form|code|appendix) $/i;

/** Every number that may be a temperature or an end of a range. Parts of codes (`FX-350F`), prices and long numbers are not. */
export function findQuantities(text: string): readonly Quantity[] {
  const found: Quantity[] = [];
  for (const match of text.matchAll(NUMBER)) {
    const quantity = readQuantity(text, match[0], match.index, found.at(-1)?.end);
    if (quantity !== undefined) found.push(quantity);
  }
  return found;
}

function readQuantity(
  text: string,
  written: string,
  index: number,
  previousEnd: number | undefined,
): Quantity | undefined {
  const number = parseNumber(written);
  if (number === undefined) return undefined;
  const unit = unitAt(text, index + written.length, number.digits, index);
  const before = text[index - 1] ?? " ";
  if (/[\p{L}\p{N}_#$€£№]/u.test(before) || (before === "." && /[\s\d]/.test(text[index - 2] ?? " "))) return undefined;
  const base = { end: unit.end, unit: unit.unit, digits: number.digits };
  if (MINUS.test(before)) {
    const beforeSign = text[index - 2] ?? " ";
    // Not text.slice(…).trim(): only the sign, with blanks around it, stands between the ends of a range.
    const isRange = previousEnd !== undefined && /^ ?$/.test(text.slice(previousEnd, index - 1));
    if (isRange) return { ...base, start: index, value: number.value };
    if (MINUS.test(beforeSign) || BEFORE_MINUS.test(beforeSign))
      return { ...base, start: index - 1, value: -number.value };
    // "Zone-40 °F" may stand; "FX-350F" is a code.
    if (!unit.isMarked) return undefined;
  }
  const word = /\b(?:minus|negative) $/i.exec(text.slice(Math.max(0, index - 9), index))?.[0];
  if (word !== undefined) return { ...base, start: index - word.length, value: -number.value };
  const below = / below (?:zero|0)\b/iy;
  below.lastIndex = unit.end;
  const isBelowZero = unit.unit !== undefined && below.test(text);
  return {
    ...base,
    end: isBelowZero ? below.lastIndex : unit.end,
    start: index,
    value: isBelowZero ? -number.value : number.value,
  };
}

function parseNumber(written: string): { readonly value: number; readonly digits: number } | undefined {
  const parts = written.split(/[.,]/);
  const [whole = "", fraction] = parts;
  if (parts.length > 2 || whole.length > 4) return undefined;
  // "1,200" is a thousand, "3,5" is three and a half.
  const isThousand = written.includes(",") && fraction?.length === 3;
  const value = isThousand ? Number(whole + fraction) : Number(fraction === undefined ? whole : `${whole}.${fraction}`);
  return { value, digits: whole.length };
}

interface UnitFound {
  readonly unit: TemperatureUnit | "degree" | undefined;
  readonly end: number;
  /** Whether a degree sign or a whole word says that it is a temperature. A letter alone could be an ampere's neighbour. */
  readonly isMarked: boolean;
}

function unitAt(text: string, at: number, digits: number, numberStart: number): UnitFound {
  UNIT.lastIndex = at;
  const match = UNIT.exec(text);
  if (match === null) {
    DEGREE_ONLY.lastIndex = at;
    return DEGREE_ONLY.test(text)
      ? { unit: "degree", end: DEGREE_ONLY.lastIndex, isMarked: false }
      : { unit: undefined, end: at, isMarked: false };
  }
  const [whole, sign = "", name, letter, symbol] = match;
  const spelled = (name ?? letter ?? symbol ?? "").toLowerCase();
  const unit = spelled.startsWith("f") || symbol === "℉" ? "fahrenheit" : "celsius";
  const isMarked = sign.trim() !== "" || name !== undefined || symbol !== undefined;
  const none: UnitFound = { unit: undefined, end: at, isMarked: false };
  if (!isMarked) {
    const before = text.slice(Math.max(0, numberStart - 12), numberStart);
    const after = text.slice(at + whole.length, at + whole.length + 10);
    if (digits < 2 || NOT_TEMPERATURE_BEFORE.test(before) || /^(?: ?(?:cells?|batter)|-\p{L})/iu.test(after))
      return none;
    // "350f" is often typed; "20c" is cents or cups.
    if (letter === "c" || (letter === "f" && (sign !== "" || digits < 3))) return none;
  }
  return { unit, end: at + whole.length, isMarked };
}
