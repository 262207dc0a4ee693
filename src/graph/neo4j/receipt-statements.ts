import type { ReceiptKey } from "../../dependencies/dependency.ts";
import { quote } from "./cypher.ts";

/** A receipt's identity, under the uniqueness constraint. */
export const receiptId = ({ operationId, incarnation }: ReceiptKey): string => `${operationId}#${incarnation}`;

/** The statements around receipts, for one receipt label. `at` is for people: milliseconds since 1970. */
export const receiptStatements = (receiptLabel: string) => {
  const receipt = quote(receiptLabel);
  return {
    create: `CREATE (:${receipt} {id: $id, kind: 'effect', at: $at})`,
    keepResult: `MATCH (r:${receipt} {id: $id}) SET r.result = $result`,
    createAll: `UNWIND $ids AS id CREATE (:${receipt} {id: id, kind: 'effect', at: $at})`,
    // Within a writing query the look at the unique key locks it: nobody can write the receipt between look and creation.
    createMany:
      `UNWIND $ids AS id WITH id WHERE NOT EXISTS { (:${receipt} {id: id}) } ` +
      `CREATE (:${receipt} {id: id, kind: 'effect', at: $at}) RETURN collect(id) AS fresh`,
    readMany: `MATCH (r:${receipt}) WHERE r.id IN $ids RETURN collect({id: r.id, kind: r.kind, result: r.result}) AS found`,
    keepResults: `UNWIND $kept AS row MATCH (r:${receipt} {id: row.id}) SET r.result = row.result`,
    // Waits for a transaction that is just writing this receipt: MERGE locks the unique key.
    fence: `MERGE (r:${receipt} {id: $id}) ON CREATE SET r.kind = 'fence', r.at = $at RETURN r.kind AS kind, r.result AS result`,
    read: `MATCH (r:${receipt} {id: $id}) RETURN r.kind AS kind, r.result AS result`,
    find: `MATCH (r:${receipt}) WHERE r.id IN $ids AND r.kind = 'effect' RETURN r.id AS id`,
    purge: `MATCH (r:${receipt}) WHERE r.id IN $ids DELETE r`,
  };
};

export type ReceiptStatements = ReturnType<typeof receiptStatements>;
