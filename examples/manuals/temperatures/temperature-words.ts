import type { TemperatureComparison } from "../extracted-manual.ts";

/** How far around a temperature its bounds are looked for, in characters. */
const REACH = 44;

const HIGHER = "above|over|warmer|hotter|higher|greater|more|exceed(?:s|ed|ing)?|past|passes|beyond";
const LOWER = "below|under|less|lower|cooler|colder|beneath|underneath";

const DIFFERENCE_BEFORE =
  /(?:±|\+\/[-−–]?|\bby|\bplus or minus|\bplus|\b(?:increments?|steps?|difference|swing|tolerance|differential|accuracy|rise|drop) of|\b(?:raise|lower|drop|rise|increase|decrease|reduce)[sd]?(?: (?:the|its))?(?: temp(?:erature)?)?|\bevery)(?: about| up to| only| another| a)? ?$/i;
const WITHIN_BEFORE = /\bwithin(?: about)? ?$/i;
const DIFFERENCE_AFTER = new RegExp(
  `^ (?:or (?:more|less) |too )?(?:(?:${HIGHER}|${LOWER}|away|off)\\b(?! zero)(?= (?:than|from|the|its|their|set|target|normal|ambient|what|it)\\b|[.,;)]|$)|(?:of|from) (?:the|its|their) (?:set|target|display|reading)|too (?:high|low|hot|cold)|per |difference|differential|tolerance|steps?\\b|increments?)`,
  "i",
);

const NEGATED_HIGHER = new RegExp(
  `\\b(?:not|no|never|cannot|nor|without)\\b[^.;:]{0,24}?\\b(?:${HIGHER})(?: than)?(?: about)? ?$`,
  "i",
);
const NEGATED_LOWER = new RegExp(
  `\\b(?:not|no|never|cannot|nor|without)\\b[^.;:]{0,24}?\\b(?:${LOWER})(?: than)?(?: about)? ?$`,
  "i",
);
const AT_LEAST = new RegExp(
  `(?:>|≥|>=|\\b(?:at least|minimum(?: of)?|min\\.?|(?:${HIGHER})(?: than)?|no less than))(?: about)? ?$`,
  "i",
);
const AT_MOST = new RegExp(
  `(?:<|≤|<=|\\b(?:at most|maximum(?: of)?|max\\.?|up to|limit(?: of)?|(?:${LOWER})(?: than)?|no more than|not exceed|down to))(?: about)? ?$`,
  "i",
);
const OR_HIGHER = /^,? ?\(?(?:(?:or|and) (?:above|over|higher|more|hotter|warmer|up)\b|minimum\b|min\b|and up\b|\+)/i;
const OR_LOWER = /^,? ?\(?(?:(?:or|and) (?:below|under|lower|less|cooler|colder)\b|maximum\b|max\b)/i;

/** Whether `5 °F` is how far apart two temperatures are, and none itself: `within 5 °F of`, `± 5 °F`, `5 °F above its setting`. */
export function isDifference(text: string, start: number, end: number, isRange: boolean): boolean {
  const before = text.slice(Math.max(0, start - REACH), start);
  if (DIFFERENCE_BEFORE.test(before)) return true;
  // "Within 36–40 °F" names the ends themselves.
  if (!isRange && WITHIN_BEFORE.test(before)) return true;
  return DIFFERENCE_AFTER.test(text.slice(end, end + REACH));
}

/** What the words around a single temperature make of it. */
export function comparisonOf(text: string, start: number, end: number): Exclude<TemperatureComparison, "between"> {
  const before = text.slice(Math.max(0, start - REACH), start);
  const after = text.slice(end, end + REACH);
  if (OR_HIGHER.test(after)) return "at_or_above";
  if (OR_LOWER.test(after)) return "at_or_below";
  if (NEGATED_HIGHER.test(before)) return "at_or_below";
  if (NEGATED_LOWER.test(before)) return "at_or_above";
  if (AT_MOST.test(before)) return "at_or_below";
  if (AT_LEAST.test(before)) return "at_or_above";
  return "at";
}
