import type { Equipment } from "./extracted-manual.ts";
import { findKinds, wordsOf } from "./equipment/equipment-kinds.ts";
import { type EquipmentName, machineOf, withoutDocumentWords } from "./equipment/equipment-names.ts";
import { findListedEquipment, findMentionedEquipment, isMachine } from "./equipment/equipment-mentions.ts";
import { EquipmentRegister } from "./equipment/equipment-register.ts";
import { isActivity } from "./procedures/instruction-words.ts";
import type { Section } from "./split-sections.ts";

/** What a manual's machines are, and which of them a part of the text is about. */
export interface EquipmentFound {
  readonly equipment: readonly Equipment[];
  /** A section about one machine has that one; a section about none in particular has all that the manual is about. */
  ownersOf(section: Section): readonly Equipment[];
  /** The one machine that a label, such as a table's cell, names; undefined for none or several. */
  named(label: string): Equipment | undefined;
  /** The one machine that a sentence mentions; undefined for none or several. */
  mentionedIn(sentence: string): Equipment | undefined;
}

/** A section shared by more machines than this gets none: every pair would be a relation of the graph. */
const MOST_SHARED = 32;

/**
 * Finds the machines that a manual is about. In the order of trust: the title, if it names one; labels, tables and lists
 * (`Model: …`); headings that name a machine. Only if all of these are silent, the kinds that the text mentions: they
 * own what is said in a sentence or below a heading that mentions them, and nothing else.
 */
export function extractEquipment(document: string, sections: readonly Section[]): EquipmentFound {
  const register = new EquipmentRegister(document);
  const title = titleOf(sections);
  const titleName = title === undefined || isTask(title.title) ? undefined : machineOf(title.title);
  const { labelled, listed, models } = findListedEquipment(sections, titleName);
  const owners = new Map<Section, Equipment>();
  const isAtTop = (section: Section): boolean => section === sections[0] || section === title;

  const isModelKnown = models.some(({ section }) => isAtTop(section)) && titleName?.isCollective === false;
  if (titleName !== undefined && (isMachine(titleName) || isModelKnown)) register.add(titleName);
  for (const { section, name } of labelled) owners.set(section, register.add(name));
  const isAboutOne = register.all().length > 0 && (owners.size === 0 || [...owners.keys()].some(isAtTop));
  for (const name of listed) register.add(name);
  const subjects = register.all();
  for (const { section, name } of sections.flatMap((section) => (section === title ? [] : headingName(section)))) {
    // Where the whole manual is about one machine, its headings name parts of it, unless they give another model.
    if (!isAboutOne || (name.model !== "" && name.kind !== "")) owners.set(section, register.add(name));
  }
  const isNameless = register.all().length === 0;
  if (
    isNameless &&
    title !== undefined &&
    titleName !== undefined &&
    isCalledByName(title.title, titleName, sections)
  ) {
    register.add(titleName);
  }
  const isGuessed = register.all().length === 0;
  if (isGuessed) for (const name of findMentionedEquipment(sections)) register.add(name);

  const shared = register.all().slice(0, isAboutOne ? subjects.length : undefined);
  const everyone = shared.length > MOST_SHARED || (isGuessed && shared.length > 1) ? [] : shared;
  const ownersOf = (section: Section): readonly Equipment[] => {
    for (let at: Section | undefined = section; at !== undefined; at = at.parent) {
      const owner = owners.get(at) ?? (isGuessed ? register.mentionedIn(at.title) : undefined);
      if (owner !== undefined) return [register.current(owner)];
    }
    return everyone.map((each) => register.current(each));
  };
  for (const { section, model } of models) {
    const [owner, ...others] = ownersOf(section);
    if (owner !== undefined && others.length === 0) register.giveModel(owner, model);
  }
  return {
    equipment: register.all(),
    ownersOf,
    named: (label) => register.named(label),
    mentionedIn: (sentence) => register.mentionedIn(sentence),
  };
}

/** For a machine of a kind that we do not know: `Gyro Spit: Operator Manual`, or a text that speaks of "the Gyro Spit". */
function isCalledByName(title: string, { name, kind }: EquipmentName, sections: readonly Section[]): boolean {
  if (kind !== "" || /\bmanual\b|\b(?:owner|operator|user)['’]?s?['’]? guide\b|\boperating instructions\b/i.test(title))
    return true;
  return sections.some(({ blocks }) =>
    blocks.some(
      (block) =>
        block.kind === "paragraph" && (block.text.includes(`The ${name} `) || block.text.includes(`the ${name} `)),
    ),
  );
}

/** The manual's title: its first heading, if that is one of the topmost and stands at the top. */
export function titleOf(sections: readonly Section[]): Section | undefined {
  const first = sections.find(({ level }) => level > 0);
  if (first === undefined) return undefined;
  const highest = sections.reduce(
    (level, section) => (section.level > 0 ? Math.min(level, section.level) : level),
    first.level,
  );
  if (first.level > highest) return undefined;
  // Several headings of the topmost level: the first is one of many, unless it alone says that this is a manual.
  const isOnly = sections.every((section) => section === first || section.level !== highest);
  return isOnly || withoutDocumentWords(first.title) !== first.title || first.blocks.length > 0 ? first : undefined;
}

function headingName(section: Section): readonly { readonly section: Section; readonly name: EquipmentName }[] {
  if (section.level === 0 || section.title.length > 80 || isTask(section.title)) return [];
  const name = machineOf(section.title);
  if (name === undefined || name.kind === "" || name.isCollective) return [];
  // "Fryer safety" and "Hopper of the shake machine" are about a part; a machine's own name ends with its kind or its code.
  const plain = name.name.replace(/\([^()]*\)$/, "").trim();
  const words = wordsOf(plain);
  const isName = findKinds(words).at(-1)?.to === words.length || plain.endsWith(name.model || "\n");
  return isName && !/ (?:of|for|in|on|with|under|near|behind) /i.test(plain) ? [{ section, name }] : [];
}

/** `Cleaning the fryer` is one, `Holding cabinet` is not. */
function isTask(title: string): boolean {
  return isActivity(title) && findKinds(wordsOf(title))[0]?.from !== 0;
}
