import { isInstruction, isProhibition, promisesSteps } from "./instruction-words.ts";
import type { Block } from "../text/split-blocks.ts";
import type { Section } from "../split-sections.ts";
import { stepHeadings } from "./step-headings.ts";
import { stepsOfList, stepsOfTable, type StepText } from "./step-texts.ts";

export interface ProcedureDraft {
  readonly section: Section;
  readonly name: string;
  readonly steps: readonly StepText[];
  /** The place of the block it begins with, where it alone carries the section's heading as its name. */
  readonly introducedFrom: number | undefined;
}

/** While its section is read: what names it is known only when all of them are. */
interface OpenProcedure {
  title: string | undefined;
  readonly leadIn: string | undefined;
  readonly steps: StepText[];
  readonly block: number;
  lastNumber: number | undefined;
}

/**
 * Every procedure of a manual, in order. A procedure is
 * - a numbered list, most of whose items say what to do (fewer suffice below a heading such as `Cleaning`);
 * - a bulleted list of things to do, announced as steps (`To restart the pump:`) or below a heading such as `Daily closing tasks`;
 * - a table with a column of steps;
 * - a row of headings called `Step 1`, `Step 2`.
 * A list that goes on with the next number after a note, in the same section, is one procedure with what came before.
 */
export function findProcedures(sections: readonly Section[]): readonly ProcedureDraft[] {
  const drafts: ProcedureDraft[] = [];
  for (let index = 0; index < sections.length; index += 1) {
    const section = sections[index];
    if (section === undefined) continue;
    const group = stepHeadings(sections, index);
    if (group.steps.length > 1) {
      const home = section.parent ?? section;
      drafts.push({ section: home, name: home.title || "Procedure", steps: group.steps, introducedFrom: undefined });
      index = group.next - 1;
    } else for (const draft of proceduresIn(section)) drafts.push(draft);
  }
  return drafts;
}

function proceduresIn(section: Section): readonly ProcedureDraft[] {
  const found: OpenProcedure[] = [];
  let title: string | undefined;
  let leadIn: string | undefined;
  let isTitleUsed = false;
  let open: OpenProcedure | undefined;
  for (const [place, block] of section.blocks.entries()) {
    if (block.kind === "title") {
      title = block.text;
      isTitleUsed = false;
      leadIn = undefined;
    } else if (block.kind === "paragraph") {
      leadIn = block.text;
      // A title reaches to its first list; what a paragraph introduces after that is another matter.
      if (isTitleUsed) title = undefined;
    } else {
      const steps = readSteps(block, section, title, leadIn);
      const numbers = block.kind === "list" ? block.items.map(({ number }) => number) : [];
      const goesOn = open?.lastNumber !== undefined && numbers[0] === open.lastNumber + 1 && open.lastNumber > 0;
      if (open !== undefined && goesOn && block.kind === "list") {
        for (const step of stepsOfList(block)) open.steps.push(step);
        open.lastNumber = numbers.at(-1);
        // Numbers that go on below another title: the titles are stages of one procedure.
        if (title !== undefined && title !== open.title) open.title = undefined;
      } else if (steps.length > 1) {
        open = { title, leadIn, steps: [...steps], block: place, lastNumber: numbers.at(-1) };
        found.push(open);
      }
      leadIn = undefined;
      isTitleUsed = true;
    }
  }
  return found.map((each, index) => ({
    section,
    name: nameOf(each, index, section, found.length),
    steps: each.steps,
    introducedFrom: found.length === 1 && each.title === undefined ? each.block : undefined,
  }));
}

function readSteps(
  block: Block,
  section: Section,
  title: string | undefined,
  leadIn: string | undefined,
): readonly StepText[] {
  if (block.kind === "table") return stepsOfTable(block);
  if (block.kind !== "list") return [];
  const steps = stepsOfList(block);
  const instructions = steps.filter(({ text }) => isInstruction(text)).length / steps.length;
  const promise = promisesSteps(title ?? section.title);
  if (block.ordered) {
    if (promise === "no") return instructions === 1 && isAnnounced(leadIn) ? steps : [];
    return instructions >= (promise === "yes" ? 0.3 : 0.5) ? steps : [];
  }
  if (promise === "no" || !(promise === "yes" || isAnnounced(leadIn))) return [];
  const tasks = steps.filter(({ text }) => isInstruction(text) && !isProhibition(text)).length / steps.length;
  return tasks >= 0.8 && (steps.length > 2 || isAnnounced(leadIn)) ? steps : [];
}

const ANNOUNCEMENT =
  /(?:^|[.!?:] )(?:to [^.!?:]{3,80}|[^.!?]{0,80}\b(?:steps?|procedure|as follows|in this order)\b[^.!?:]{0,40}):$/i;

function isAnnounced(leadIn: string | undefined): boolean {
  return leadIn !== undefined && ANNOUNCEMENT.test(leadIn.slice(-200));
}

const GENERIC =
  /^(?:procedures?|steps?|method|instructions|directions|process|operation|build(?: \(.{1,20}\))?|(?:daily|weekly|monthly|quarterly|yearly|annually|nightly|hourly)|(?:every|each|once an?|twice an?) (?:(?:\w+ ){0,2}(?:hours?|shifts?|days?|nights?|weeks?|months?|years?|quarters?|morning|evening)))$/i;

/** By the title right above, else the heading; `Every night` alone would say nothing. */
function nameOf(open: OpenProcedure, index: number, section: Section, count: number): string {
  const heading = section.title || "Procedure";
  if (open.title !== undefined)
    return GENERIC.test(open.title) && section.title !== "" ? `${heading}: ${open.title}` : open.title;
  const said = /(?:^|[.!?] )([^.!?]{3,80}):$/.exec((open.leadIn ?? "").slice(-200))?.[1];
  if (count > 1 && said !== undefined) return said.replace(/ (?:as follows|do this|follow these steps)$/i, "");
  if (section.title === "" && said !== undefined) return said;
  const base = GENERIC.test(heading) && section.parent?.title ? `${section.parent.title}: ${heading}` : heading;
  return index === 0 ? base : `${base} (${index + 1})`;
}
