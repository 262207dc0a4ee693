import { firstTables } from "./0001-first-tables.ts";
import { laneSegments } from "./0002-lane-segments.ts";
import type { Migration } from "./migration.ts";

/** In order, without gaps. */
export const migrations: readonly Migration[] = [firstTables, laneSegments];

export const latestVersion = migrations.length;
