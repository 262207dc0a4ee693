import Database from "better-sqlite3";
import type { GraphReading, WhatToRead } from "./verify-reading.ts";

/** Keys of this table are texts behind this mark. */
const TEXT_KEY = "s:";

/** Reads the embedded graph's file through a SQLite driver of its own. */
export function readEmbeddedGraph(file: string, { documentIds, label, listProperty }: WhatToRead): GraphReading {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const nodes = database.prepare<[string], { key: string; properties: string }>(
      "SELECT key, properties FROM node WHERE label = ?",
    );
    const lists = new Map<string, readonly number[]>();
    for (const { key, properties } of nodes.iterate(label)) {
      const list = (JSON.parse(properties) as Record<string, unknown>)[listProperty];
      if (Array.isArray(list)) lists.set(withoutMark(key), list.map(Number));
    }
    const ends = database.prepare<[], { type: string; from_key: string; to_key: string }>(
      "SELECT type, from_key, to_key FROM relationship",
    );
    return {
      lists: documentIds.map((id) => lists.get(id) ?? []),
      relations: ends
        .all()
        .map((row) => ({ type: row.type, from: withoutMark(row.from_key), to: withoutMark(row.to_key) })),
    };
  } finally {
    database.close();
  }
}

const withoutMark = (key: string): string => (key.startsWith(TEXT_KEY) ? key.slice(TEXT_KEY.length) : key);
