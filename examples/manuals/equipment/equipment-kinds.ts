/** The words by which a kitchen machine is known, in lower case and the singular, and the family each belongs to. */
const FAMILIES: Readonly<Record<string, string>> = {
  fryer: "fryer, deep fryer, open fryer, pressure fryer, frying machine",
  grill: "grill, clamshell grill, griddle, flat-top, flattop, charbroiler, broiler, plancha, panini press",
  "ice machine": "ice machine, ice maker, icemaker, ice bin, ice dispenser",
  "holding cabinet":
    "holding cabinet, landing station, heated landing station, holding bin, holding drawer, warming drawer, warming cabinet, hot box, heat lamp, food warmer, bun warmer, hot well, steam table, bain-marie, proofer, universal holding cabinet",
  "shake machine":
    "shake machine, soft-serve machine, soft serve machine, ice cream machine, milkshake machine, slush machine, frozen drink machine, batch freezer",
  toaster: "toaster, contact toaster, conveyor toaster, bun toaster",
  cooler:
    "walk-in cooler, cooler, walk-in, refrigerator, reach-in, reach-in cooler, prep table, undercounter cooler, fridge, blast chiller, chiller, display case, salad bar, prep rail",
  freezer: "walk-in freezer, freezer, reach-in freezer, chest freezer",
  dishwasher: "dishwasher, dish machine, ware washer, warewasher, glass washer, glasswasher, pot washer",
  "beverage dispenser":
    "beverage dispenser, drink dispenser, soda fountain, juice dispenser, water dispenser, drink tower, soda dispenser",
  "exhaust hood": "exhaust hood, hood, canopy hood, extraction hood, ventilation hood",
  oven: "oven, combi oven, combi-oven, combi steamer, combi, convection oven, pizza oven, deck oven, conveyor oven, speed oven, microwave, microwave oven, rotisserie, smoker, salamander",
  "coffee brewer": "coffee brewer, coffee machine, coffee maker, espresso machine, brewer, tea brewer, coffee urn",
  steamer:
    "steamer, steam kettle, steam cooker, rice cooker, rethermalizer, pasta cooker, tilting skillet, braising pan, kettle",
  stove: "stove, gas range, wok range, hot plate, cooktop, induction cooker",
  mixer: "mixer, dough mixer, planetary mixer, blender, food processor, immersion blender, dough sheeter, dough press",
  slicer: "slicer, meat slicer, vegetable cutter, shredder",
  grinder: "grinder, meat grinder, coffee grinder",
  "water heater": "water heater, booster heater, boiler, hot water dispenser",
  "vacuum sealer": "vacuum sealer, vacuum packer, heat sealer, tray sealer",
  "waffle iron":
    "waffle iron, waffle maker, crepe maker, donut machine, doughnut machine, popcorn machine, cotton candy machine",
  "waste disposer": "waste disposer, garbage disposal, trash compactor",
};

const KINDS = new Map(
  Object.entries(FAMILIES).flatMap(([family, phrases]) =>
    phrases.split(", ").map((phrase) => [phrase, family] as const),
  ),
);
const LONGEST_PHRASE = 4;
/** Most words begin no phrase: this spares joining and looking up four of them at each place. */
const FIRST_WORDS = new Set([...KINDS.keys()].map((phrase) => phrase.slice(0, 3)));

/** A machine named in a text. */
export interface KindFound {
  /** The phrase as we know it: `combi oven`. */
  readonly phrase: string;
  /** Its family: `oven`. */
  readonly kind: string;
  readonly isPlural: boolean;
  /** Places of its first and after its last word among the words of the text. */
  readonly from: number;
  readonly to: number;
}

/** The words of a text, in lower case; `walk-in` is one word. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)*/gu) ?? [];
}

/** Every machine that a list of words names, the longest phrase first at each place. */
export function findKinds(words: readonly string[]): readonly KindFound[] {
  const found: KindFound[] = [];
  for (let from = 0; from < words.length; from += 1) {
    if (!FIRST_WORDS.has((words[from] ?? "").slice(0, 3))) continue;
    for (let length = Math.min(LONGEST_PHRASE, words.length - from); length > 0; length -= 1) {
      const match = kindOfPhrase(words.slice(from, from + length));
      if (match === undefined) continue;
      found.push({ ...match, from, to: from + length });
      from += length - 1;
      break;
    }
  }
  return found;
}

function kindOfPhrase(words: readonly string[]): Pick<KindFound, "phrase" | "kind" | "isPlural"> | undefined {
  const written = words.join(" ").replace(/['’]s$/, "");
  for (const phrase of [written, written.replace(/s$/, ""), written.replace(/es$/, "")]) {
    const kind = KINDS.get(phrase);
    if (kind !== undefined) return { phrase, kind, isPlural: phrase !== written };
  }
  return undefined;
}
