import type { StorageFailure } from "./storage-failure.ts";

export interface ReaderOptions {
  readonly path: string;
  readonly pageCacheBytes: number;
}

/** One compiled query. */
export interface ReaderRequest {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export type ReaderReply =
  | { readonly id: number; readonly rows: unknown[] }
  | { readonly id: number; readonly failed: StorageFailure };
