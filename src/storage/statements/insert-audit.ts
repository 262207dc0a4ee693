import { parameter, queries, sized } from "./statement.ts";

const row = { at: parameter, kind: parameter, sequence: parameter, principal: parameter, detail: parameter };

/** Appends; the id is SQLite's next rowid. */
export const insertAudit = sized((rows) => queries.insertInto("audit").values(Array.from({ length: rows }, () => row)));
