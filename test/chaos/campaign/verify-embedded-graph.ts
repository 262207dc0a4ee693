import Database from "better-sqlite3";
import type { ReadList, ReadLists } from "./verify-lists.ts";

/** Reads the embedded graph's file through a SQLite driver of its own. */
export function readEmbeddedGraph(file: string): ReadLists {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const lists = new Map<string, ReadList>();
    const nodes = database.prepare<[], string>("SELECT properties FROM node WHERE label = 'List'").pluck();
    for (const properties of nodes.iterate()) {
      const { id, numbers = [], last } = JSON.parse(properties) as { id: string; numbers?: number[]; last?: number };
      lists.set(id, { numbers, last });
    }
    return lists;
  } finally {
    database.close();
  }
}
