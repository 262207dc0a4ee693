import type { TemperatureComparison, TemperatureUnit } from "../extracted-manual.ts";
import { findQuantities, type Quantity } from "./find-quantities.ts";
import { comparisonOf, isDifference } from "./temperature-words.ts";

/** A temperature within one piece of text. */
export interface FoundTemperature {
  readonly start: number;
  readonly end: number;
  readonly unit: TemperatureUnit;
  readonly lowest: number;
  readonly highest: number;
  readonly comparison: TemperatureComparison;
}

/** While it is being put together. `unit` is missing for `160` in `160 to 175 °F`. */
interface Draft extends Quantity {
  readonly highest: number;
  readonly isPaired: boolean;
}

const RANGE_SIGN = /^ ?[-–—−~…] ?$|^ ?(?:\.{2,3}) ?$/;
const RANGE_WORD = /^ (?:to|through|thru|until|up to) $/i;
const ALTERNATIVE = /^(?: or | ?\/ ?)$/i;
const PAIR_SIGN = /^,? ?[([/|=] ?$|^ $|^ (?:or|which is|equals) $/i;
const LABELS =
  /\b(?:step|item|no\.?|number|model|program|menu|zone|cell|level|speed|section|table|shelf|lane|vat|probe|code|page|figure|size|class|phase|type|part|series|grade)s? ?#?$/i;

/**
 * Every temperature that a piece of text states, in order. One in two units (`350 °F (177 °C)`) is found once, and so
 * is a range. Left out: differences (`within 5 °F of`, `± 2 °C`), and numbers that have no unit of temperature.
 *
 * @param fallbackUnit the unit of bare numbers; for cells below a column title such as `Temperature (°F)`.
 */
export function findTemperatures(text: string, fallbackUnit?: TemperatureUnit): readonly FoundTemperature[] {
  const quantities = findQuantities(text);
  const withUnits =
    fallbackUnit === undefined
      ? quantities
      : quantities.map((quantity) => (quantity.unit === undefined ? { ...quantity, unit: fallbackUnit } : quantity));
  if (!withUnits.some(({ unit }) => unit === "celsius" || unit === "fahrenheit")) return [];
  const drafts = withUnits.map((quantity): Draft => ({ ...quantity, highest: quantity.value, isPaired: false }));
  // Ranges are looked for twice: "36 °F to 40 °F (2 to 4 °C)" pairs two ranges, "2 °C (36 °F) to 4 °C (39 °F)" ranges over two pairs.
  const joined = joinRanges(text, joinPairs(text, joinRanges(text, drafts)));
  return joined.flatMap((draft) => {
    if (draft.unit !== "celsius" && draft.unit !== "fahrenheit") return [];
    if (celsius(draft.value, draft.unit) < -273.15 || celsius(draft.highest, draft.unit) > 2_000) return [];
    const isRange = draft.value !== draft.highest;
    if (isDifference(text, draft.start, draft.end, isRange)) return [];
    const comparison = isRange ? "between" : comparisonOf(text, draft.start, draft.end);
    return [
      { start: draft.start, end: draft.end, unit: draft.unit, lowest: draft.value, highest: draft.highest, comparison },
    ];
  });
}

/** Degrees Celsius, rounded to a tenth. */
export function celsius(value: number, unit: TemperatureUnit): number {
  const exact = unit === "celsius" ? value : ((value - 32) * 5) / 9;
  // Adding zero turns -0 into 0: JSON would do so silently later.
  return Math.round(exact * 10) / 10 + 0;
}

/** Whether two values in different units mean the same. Manuals round: 350 °F is printed as 175, 177 and 180 °C. */
export function isSameTemperature(
  one: number,
  oneUnit: TemperatureUnit,
  other: number,
  otherUnit: TemperatureUnit,
): boolean {
  const [a, b] = [celsius(one, oneUnit), celsius(other, otherUnit)];
  return Math.abs(a - b) <= Math.max(1.5, Math.abs(a) * 0.02);
}

function joinRanges(text: string, drafts: readonly Draft[]): readonly Draft[] {
  const joined: Draft[] = [];
  for (const right of drafts) {
    const left = joined.at(-1);
    const range = left === undefined ? undefined : rangeOf(text, left, right);
    if (range === undefined) joined.push(right);
    else joined.splice(-1, 1, ...range);
  }
  return joined;
}

function rangeOf(text: string, left: Draft, right: Draft): readonly Draft[] | undefined {
  if (
    right.unit === undefined ||
    right.unit === "degree" ||
    left.value !== left.highest ||
    right.value !== right.highest
  )
    return undefined;
  const isUnitKnown = left.unit === right.unit;
  if (!isUnitKnown && left.unit !== undefined && left.unit !== "degree") return undefined;
  const between = text.slice(left.end, right.start);
  const before = text.slice(Math.max(0, left.start - 24), left.start);
  if (!isUnitKnown && LABELS.test(before)) return undefined;
  if (ALTERNATIVE.test(between) && !isUnitKnown && left.digits >= 2) return [{ ...left, unit: right.unit }, right];
  const isWord = RANGE_WORD.test(between) || (/^,? and $/i.test(between) && /\bbetween (?:about )?$/i.test(before));
  if (!isWord && !RANGE_SIGN.test(between)) return undefined;
  // "From 135 °F to 70 °F" is a start and an end, in this order.
  if (isWord && isUnitKnown && left.value > right.value && left.value > 0) return undefined;
  const [value, highest] = left.value <= right.value ? [left.value, right.value] : [right.value, left.value];
  return [{ ...left, end: right.end, unit: right.unit, value, highest }];
}

function joinPairs(text: string, drafts: readonly Draft[]): readonly Draft[] {
  const joined: Draft[] = [];
  for (const right of drafts) {
    const left = joined.at(-1);
    if (left !== undefined && isPair(text, left, right)) {
      const closing = /^ ?[)\]]/.exec(text.slice(right.end, right.end + 2))?.[0].length ?? 0;
      const opened = /[([]/.test(text.slice(left.end, right.start));
      joined.splice(-1, 1, { ...left, end: right.end + (opened ? closing : 0), isPaired: true });
    } else joined.push(right);
  }
  return joined;
}

function isPair(text: string, left: Draft, right: Draft): boolean {
  if (left.isPaired || left.unit === right.unit) return false;
  if (left.unit !== "celsius" && left.unit !== "fahrenheit") return false;
  if (right.unit !== "celsius" && right.unit !== "fahrenheit") return false;
  if (!PAIR_SIGN.test(text.slice(left.end, right.start))) return false;
  return (
    isSameTemperature(left.value, left.unit, right.value, right.unit) &&
    isSameTemperature(left.highest, left.unit, right.highest, right.unit)
  );
}
