import type { StorageFailure } from "../storage-failure.ts";

export interface BackupWorkerOptions {
  /** The journal. */
  readonly path: string;
  /** Where the copy grows; whoever waits gives it its name when it has been checked. */
  readonly partialPath: string;
}

/** What the thread says: how far it is, and in the end what became of it. */
export type BackupMessage =
  | { readonly copiedPages: number; readonly totalPages: number }
  | { readonly done: { readonly bytes: number; readonly rows: Readonly<Record<string, number>> } }
  | { readonly failed: StorageFailure };
