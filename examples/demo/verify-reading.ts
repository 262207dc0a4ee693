import type { ReadRelation } from "./verify-relations.ts";

/** Where the lists are. Every id of the run begins with `runId`; nothing else in the database is looked at. */
export interface WhatToRead {
  readonly runId: string;
  /** The id of each lane's document. */
  readonly documentIds: readonly string[];
  readonly label: string;
  readonly listProperty: string;
}

export interface GraphReading {
  /** Per lane, the list of its document. */
  readonly lists: readonly (readonly number[])[];
  readonly relations: readonly ReadRelation[];
}
