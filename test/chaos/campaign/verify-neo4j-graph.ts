import { auth, driver, isInt } from "neo4j-driver";
import type { ReadList, ReadLists } from "./verify-lists.ts";

/** Reads the lists through a driver of its own, straight from the server, around every proxy. */
export async function readNeo4jGraph({
  uri,
  username,
  password,
}: {
  readonly uri: string;
  readonly username: string;
  readonly password: string;
}): Promise<ReadLists> {
  const raw = driver(uri, auth.basic(username, password));
  const session = raw.session();
  try {
    const { records } = await session.run("MATCH (l:List) RETURN l.id AS id, l.numbers AS numbers, l.last AS last");
    const lists = new Map<string, ReadList>();
    for (const record of records) {
      const numbers = (record.get("numbers") ?? []) as unknown[];
      const last: unknown = record.get("last");
      lists.set(String(record.get("id")), {
        numbers: numbers.map(toNumber),
        last: last === null ? undefined : toNumber(last),
      });
    }
    return lists;
  } finally {
    await session.close();
    await raw.close();
  }
}

/** A number may have been written as an integer or as a float. */
const toNumber = (value: unknown): number => (isInt(value) ? value.toNumber() : Number(value));
