import { readdir, readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { ManualFormat, ManualSource } from "./extracted-manual.ts";
import { fingerprint, slug } from "./identifiers.ts";

const FORMATS: Readonly<Record<string, ManualFormat>> = { ".md": "markdown", ".markdown": "markdown", ".txt": "text" };

/**
 * Reads the manuals in a folder (not below it), ordered by file name: `.md`, `.markdown` and `.txt`; other files are
 * left alone. A document's id is its file name without the ending, in lower case with dashes; its revision is a hash of
 * its text.
 *
 * @throws Error when the folder cannot be read, a file is not UTF-8, or two files get the same id (`Grill.md`, `grill.txt`).
 */
export async function readDocuments(folder: string): Promise<readonly Required<ManualSource>[]> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && FORMATS[extname(entry.name).toLowerCase()] !== undefined)
    .map((entry) => entry.name)
    .sort();
  const documents = await Promise.all(names.map((name) => readDocument(join(folder, name))));
  const seen = new Map<string, string>();
  for (const [index, { id }] of documents.entries()) {
    const name = names[index] ?? "";
    const other = seen.get(id);
    if (other !== undefined)
      throw new Error(`${other} and ${name} in ${folder} would both be document "${id}": rename one.`);
    seen.set(id, name);
  }
  return documents;
}

async function readDocument(path: string): Promise<Required<ManualSource>> {
  const extension = extname(path);
  const bytes = await readFile(path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Error(`${path} is not UTF-8 text: save it as UTF-8.`, { cause });
  }
  return {
    id: slug(basename(path, extension)),
    text,
    format: FORMATS[extension.toLowerCase()] ?? "text",
    revision: fingerprint(text),
  };
}
