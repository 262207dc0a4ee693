import type { Section } from "../split-sections.ts";
import type { Block } from "../text/split-blocks.ts";
import type { StepText } from "./step-texts.ts";

const STEP_HEADING = /^step (?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)\b[.:)]?[ –—-]*(.*)$/i;

/** Headings called `Step …` one after the other; what stands below each is part of its step. */
export function stepHeadings(
  sections: readonly Section[],
  from: number,
): { readonly steps: readonly StepText[]; readonly next: number } {
  const steps: StepText[] = [];
  let next = from;
  const parent = sections[from]?.parent;
  for (; next < sections.length; next += 1) {
    const section = sections[next];
    const match = section === undefined || section.parent !== parent ? null : STEP_HEADING.exec(section.title);
    if (section === undefined || match === null) break;
    const body = section.blocks.flatMap((block) => textsOf(block));
    const title = (match[1] ?? "").trim();
    steps.push({
      source: section,
      text: [title === "" || /[.!?:]$/.test(title) ? title : `${title}.`, ...body].join(" ").trim(),
    });
  }
  return { steps, next };
}

function textsOf(block: Block): readonly string[] {
  if (block.kind === "list") return block.items.map(({ text }) => text);
  if (block.kind === "table") return block.rows.map((row) => row.join(", "));
  return [block.text];
}
