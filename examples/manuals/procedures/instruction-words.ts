/** Verbs with which the steps of kitchen and maintenance procedures begin, in the imperative. */
const VERBS = new Set(
  `accept activate add adjust agitate aim align allow apply arrange ask assemble attach avoid await bake bleed blend blow boil brew bring
  brush calibrate call cap carry catch change charge check chill choose circulate clamp clean clear click clip close collect combine compare
  confirm connect continue cook cool count cover crack cut deactivate decrease defrost delime depress descale detach determine dial dip
  disassemble discard disconnect disengage disinfect dismantle dispense dispose dissolve divide do document double drain draw drop dry dump
  empty enable engage ensure enter examine exit extract fasten feed fill filter find finish fit fix flip flush fold follow force fry gather
  get give go grab grasp grease grill grind grip guide hand handle hang have heat hold hook identify immerse increase inform initiate
  inject insert inspect install invert isolate keep knead knock label latch lay lead leave let level lift light line listen load lock
  log look loosen lower lubricate maintain make mark match measure melt mix moisten monitor mop mount move navigate note notify observe
  obtain oil open operate order pack park pass paste pick place plug polish position pour prepare press prime probe proceed pull pump
  purge push put raise ratchet reach read reassemble reattach rebuild recheck reconnect record refill refit reheat reinsert reinstall reject release relight
  remount remove reopen repeat replace replenish report rerun reseal reseat reset restart restore retighten retract retry return reverse rinse
  roll rotate rub run sanitise sanitize save scan scoop scrape scrub screw seal season seat secure select send separate serve service
  set shake shut sign simmer skim slice slide snap soak sort spin splash spray spread sprinkle squeeze stack stand start stay steam stir
  stop store strain straighten strip submerge suspend swab sweep swing switch swirl swivel take tap tape taste teach tell tense test
  thaw throw tie tighten tilt tip toast toggle top touch transfer trim trip trigger try tuck turn twist unclip uncover undo unfasten unhook uninstall
  unlatch unload unlock unplug unroll unscrew unwrap update use vacuum vent ventilate verify wait warm wash watch wear weigh wet wind wipe
  withdraw work wrap write zero`.split(/\s+/),
);

const SKIPPED = new Set(
  `again all also always and as at be before begin both carefully completely do don't each every finally firmly first fully gently
  immediately just lastly never next not now once only please quickly safely second slowly softly then third thoroughly to you must should`.split(
    /\s+/,
  ),
);

const OPENING_CLAUSE =
  /^(?:if|when|whenever|once|after|before|while|with|without|using|wearing|for|from|on|in|at|to|every|until|as|during|unless|where|starting|working)$/;

/** Whether a text tells its reader what not to do: a rule, and no step where nothing numbers it. */
export function isProhibition(text: string): boolean {
  return /^(?:never|do not|don['’]t|avoid|no|not)\b/i.test(text);
}

/** Whether a text tells its reader to do something: `Open the valve`, `When it beeps, pull the probe out`, `Drain: open the valve`. */
export function isInstruction(text: string): boolean {
  const opening = text.slice(0, 200);
  if (startsWithVerb(opening)) return true;
  const words = wordsAtStart(opening);
  // Only a clause may stand before the verb, or a label: any sentence has a comma somewhere.
  const isClause = OPENING_CLAUSE.test(words[0] ?? "");
  const separators = isClause ? /[,:–—] ?/g : /[:–—] ?/g;
  for (const match of opening.matchAll(separators)) {
    if (startsWithVerb(opening.slice(match.index + match[0].length))) return true;
    if (!isClause && match.index > 40) return false;
  }
  return false;
}

function startsWithVerb(text: string): boolean {
  for (const word of wordsAtStart(text)) {
    if (VERBS.has(word) || VERBS.has(word.replace(/^(?:re|pre|un|de)-?/, ""))) return true;
    if (!SKIPPED.has(word)) return false;
  }
  return false;
}

function wordsAtStart(text: string): readonly string[] {
  return (
    text
      .slice(0, 80)
      .toLowerCase()
      .match(/[\p{L}]+(?:[-'’]\p{L}+)*/gu)
      ?.slice(0, 5) ?? []
  );
}

const PROCEDURAL =
  /\b(?:how to|procedures?|steps?|start|starting|start-?up|shut|shutting|shut-?down|opening|closing|clean|cleaning|filling|draining|boil|changing|replacing|removing|installing|assembling|disassembling|adjusting|calibration|calibrating|descaling|deliming|sanitizing|sanitising|filtering|defrosting|preheating|brewing|cooking|using|operating|washing|loading|check|checks|reset|resetting|daily|weekly|monthly|every|after|before)\b/i;
const NOT_PROCEDURAL =
  /\b(?:contents|parts|components|specifications?|specs|technical data|data sheet|warranty|models|features|rules|precautions?|glossary|references?|included|accessories|overview|index|legend)\b|\bsafety(?: (?:instructions|notes|information|warnings|first))?$|^(?:important )?(?:warnings?|cautions?|notes?)$/i;

/** Whether a heading promises steps (`yes`), rules them out (`no`), or leaves it to the list below it. */
export function promisesSteps(heading: string): "yes" | "no" | "maybe" {
  if (NOT_PROCEDURAL.test(heading)) return "no";
  return PROCEDURAL.test(heading) ? "yes" : "maybe";
}

/** Whether a title begins with something to do: `Cleaning the grill`, `How to fill the vat`, `Replace the sheet`. */
export function isActivity(title: string): boolean {
  const [first = "", second = ""] = wordsAtStart(title);
  if (first === "how" || (first === "to" && VERBS.has(second))) return true;
  if (first.endsWith("ing")) {
    const stem = first.slice(0, -3);
    return VERBS.has(stem) || VERBS.has(`${stem}e`) || VERBS.has(stem.slice(0, -1));
  }
  return VERBS.has(first) && /^(?:the|a|an|your|its|all|each)$/.test(second);
}
