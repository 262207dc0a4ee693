import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** One file of the console, ready to be sent. */
export interface ConsoleFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
  /** A strong validator: the hash of what is in it. */
  readonly etag: string;
  /** Its name changes with its content. */
  readonly isForGood: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const HASHED_NAME = /-[0-9a-f]{12}\.\w+$/;

const compress = promisify(gzip);

/**
 * All files of a built console by their names, in memory. What is asked for is looked up here and nowhere else, so no
 * path of a request ever meets the file system.
 */
export async function readConsoleFiles(folder: string): Promise<ReadonlyMap<string, ConsoleFile>> {
  const names = (await readdir(folder)).filter((name) => extname(name) in TYPES);
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readOne(join(folder, name), name)] as const)),
  );
}

async function readOne(file: string, name: string): Promise<ConsoleFile> {
  const plain = await readFile(file);
  return {
    type: TYPES[extname(name)] ?? "application/octet-stream",
    plain,
    gzipped: await compress(plain),
    etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`,
    isForGood: HASHED_NAME.test(name),
  };
}
