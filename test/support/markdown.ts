import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/* What the documents of the project hold, as a reader sees it. */

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Every document that people read, by its path from the root. The API reports are written from the build, and checked there. */
export const DOCUMENTS: readonly string[] = globSync(
  ["*.md", "docs/**/*.md", "machines/*.md", "examples/*/README.md"],
  { cwd: ROOT, exclude: ["docs/api/**"] },
).toSorted();

export const read = (file: string): string => readFileSync(`${ROOT}${file}`, "utf8");

export interface CodeBlock {
  readonly file: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** The HTML comment right before it, which says what a test has to know: `not run: …`. */
  readonly note: string | undefined;
  /** The last line of prose before it. */
  readonly before: string;
}

/** The fenced blocks of a document, in order. */
export function codeBlocks(file: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { language: string; line: number; code: string[] } | undefined;
  let before = "";
  for (const [index, line] of read(file).split("\n").entries()) {
    const fence = /^```(\w*)/.exec(line);
    if (open === undefined) {
      if (fence !== null) open = { language: fence[1] ?? "", line: index + 2, code: [] };
      else if (line.trim() !== "") before = line.trim();
    } else if (fence === null) open.code.push(line);
    else {
      const note = /^<!-- (.*) -->$/.exec(before)?.[1];
      blocks.push({ file, ...open, code: open.code.join("\n"), note, before });
      open = undefined;
      before = "";
    }
  }
  return blocks;
}

/** A TypeScript example, and what the document says that it prints. */
export interface Example extends CodeBlock {
  /** Lines in their order; `…` stands for anything. */
  readonly prints: readonly string[];
}

/** Each `ts` block; what a block says after "prints:" is of the example before it. */
export function examplesOf(file: string): Example[] {
  const examples: { -readonly [Name in keyof Example]: Example[Name] }[] = [];
  for (const block of codeBlocks(file))
    if (block.language === "ts") examples.push({ ...block, code: withPaths(block), prints: [] });
    else if (/\bprints:$/.test(block.before)) {
      const last = examples.at(-1);
      if (last === undefined) throw new Error(`${file}:${block.line}: no example comes before what it prints`);
      last.prints = block.code.split("\n");
    }
  return examples;
}

/** What a document imports from beside itself is found from everywhere. */
const withPaths = ({ file, code }: CodeBlock): string =>
  code.replaceAll(/ from "\.\//g, ` from "${ROOT}${dirname(file)}/`);

/** Anchors as GitHub makes them of headings. */
export function anchorsOf(file: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutCode(read(file)).matchAll(/^#{1,6} +(.*)$/gm)) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, "")
      .replaceAll(" ", "-");
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

/** Targets of the links and images of a document. */
export const linksOf = (file: string): string[] =>
  [...withoutCode(read(file)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);

/** Without fenced blocks and inline code, in which nothing is a link or a heading. */
const withoutCode = (text: string): string =>
  text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/^(?!#).*$/gm, (line) => line.replaceAll(/`[^`]*`/g, ""));
