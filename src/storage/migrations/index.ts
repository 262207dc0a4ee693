import { firstTables } from "./0001-first-tables.ts";
import type { Migration } from "./migration.ts";

/** In order, without gaps. */
export const migrations: readonly Migration[] = [firstTables];

export const latestVersion = migrations.length;
