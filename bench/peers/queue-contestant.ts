import type { Absence } from "../entry.ts";

/** What is put on a queue: 240 bytes as JSON, as in the field study. */
export interface Job {
  readonly id: number;
  readonly body: string;
}

export const jobOf = (id: number): Job => ({ id, body: BODY });
const BODY = "x".repeat(210);

/** A queue that answers when the job is on disk, fsynced. */
export interface DurableQueue {
  add(job: Job): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens an empty one. */
export type OpenQueue = (folder: string) => Promise<DurableQueue>;

export type QueuePeer = { readonly name: string } & ({ readonly open: OpenQueue } | Absence);

/** In PRAGMA synchronous: an fsync for every commit. */
export const FULL = 2;
