import type { TemperaturePurpose } from "../extracted-manual.ts";

/**
 * Words and pairs of words that say what a temperature is for. A hyphen counts as a blank: `cut-out` is `cut out`. Names of
 * food are left out: fries are cooked in one machine and held in the next.
 */
const WORDS: Readonly<Record<TemperaturePurpose, string>> = {
  alarm: "alarm, alarms, alert, alerts, warns, sounds, beeps, locks, fault, faults, error messages, error codes",
  ambient: "ambient, room air, room temperature, surroundings, installation, indoor, outdoor",
  brewing: "brew, brews, brewed, brewing, spray head, extraction",
  calibration: "calibrate, calibrated, calibrating, calibration, ice bath, thermocouple checked, verify",
  cooking:
    "cook, cooks, cooking, fry, fried, frying, grilled, grilling, bake, bakes, baked, baking, roast, roasted, roasting, sear, seared, searing, poach, poached, steam, steamed, steaming, toast, toasted, toasting, reheat, reheated, reheating, regenerate, core, core temperature, center, centre, internal, internal temperature, done, doneness, recipe, recipes",
  cooling: "cool, cools, cooled, cooling, chill, chills, chilled to, chilled back, chilling",
  freezing: "freeze, freezes, frozen, freezing, freezer, barrel, draws, evaporator, defrost",
  hazard:
    "burn, burns, scald, scalds, scalding, ignite, ignites, hazard, burn hazard, smoke, smokes, flash point, danger, safety",
  holding:
    "hold, holds, held, holding, hot hold, hot holding, keep warm, keep hot, kept, keeps, landing, steam table, hot well, danger zone",
  idle: "idle, idles, standby, setback, set back, sleep, eco",
  limit:
    "limit, limits, high limit, trip, trips, cut out, cutout, cut off, cutoff, cuts, disconnects, fuse, fusible, link, links, blows, rated, rating, over temperature, overheat, overheats, relief, exceed, exceeds, stops, never",
  operating:
    "runs, set, setting, setpoint, set point, set points, range, operating, operates, works, target, targets, reads",
  preheating:
    "preheat, preheats, preheated, preheating, pre heat, warm up, heat up, start up, startup, melt cycle, melting, ready",
  sanitizing:
    "sanitize, sanitizes, sanitized, sanitizing, sanitizer, sanitise, sanitised, sanitising, disinfect, disinfected, pasteurize, heat treatment, heat cycle, rinse, rinses, rinsed, rinsing, final rinse",
  serving:
    "serve, serves, served, serving, dispense, dispenses, dispensed, pour, pours, cup, drink, drinks, draw, drawn, tap",
  storage:
    "store, stores, stored, storing, storage, refrigerate, refrigerated, refrigerator, cooler, walk in, delivery, deliveries, receive, receiving, reject, accept, shelf, hopper, keep, food safety",
  washing:
    "wash, washes, washed, washing, clean, cleans, cleaned, cleaning, cleaner, detergent, soak, soaks, scrub, boil out, boiling out, descale, descaling, delime, deliming, soapy",
  water_supply: "supply, supplied, inlet, incoming, water supply, feed water",
  other: "",
};

const PURPOSES = new Map<string, TemperaturePurpose>(
  Object.entries(WORDS).flatMap(([purpose, words]) =>
    words.split(", ").map((word) => [word, purpose as TemperaturePurpose] as const),
  ),
);

/** Words that say little: something else counts first if it is near. Characters added to their distance. */
const WEAK: Partial<Record<TemperaturePurpose, number>> = { operating: 8, serving: 10, storage: 5 };
/** Words that, standing before a figure, say what it is whatever else is near. */
const STRONG: Partial<Record<TemperaturePurpose, number>> = { alarm: 0.5, limit: 0.6, hazard: 0.6, idle: 0.5 };
const WORD = /\p{L}+/gu;

/** The purpose that a word or a pair of words names; undefined for most. */
export function purposeOfWords(words: string): TemperaturePurpose | undefined {
  return PURPOSES.get(words.toLowerCase());
}

/**
 * What a temperature is for by the nearest word that says so; undefined when none does. `start` and `end` give the
 * place of the temperature in the text; for a title that stands elsewhere give the title's length for both.
 */
export function purposeNear(text: string, start: number, end: number): TemperaturePurpose | undefined {
  const words = [...text.matchAll(WORD)];
  let best: TemperaturePurpose | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  let skipTo = 0;
  for (const [index, { 0: word, index: from }] of words.entries()) {
    if (from < skipTo || (from >= start && from < end)) continue;
    const next = words[index + 1];
    const pair = next === undefined ? undefined : purposeOfWords(`${word} ${next[0]}`);
    const purpose = pair ?? purposeOfWords(word);
    const to = pair === undefined || next === undefined ? from + word.length : next.index + next[0].length;
    skipTo = to;
    // "Cooler than" compares.
    if (purpose === undefined || text.startsWith(" than ", to)) continue;
    const distance = distanceOf(purpose, text, from, to, start, end);
    if (distance < bestDistance) [best, bestDistance] = [purpose, distance];
  }
  return best;
}

/** In characters. Most manuals say what a figure is for before they give it, and within the same clause. */
function distanceOf(
  purpose: TemperaturePurpose,
  text: string,
  from: number,
  to: number,
  start: number,
  end: number,
): number {
  const isBefore = from < start;
  const gap = isBefore ? text.slice(to, start) : text.slice(end, from);
  const clauses = (gap.match(/[,;:–—]/g)?.length ?? 0) * 8;
  const distance = isBefore ? (gap.length + clauses) * (STRONG[purpose] ?? 1) : gap.length + clauses + 6;
  return distance + (WEAK[purpose] ?? 0);
}
