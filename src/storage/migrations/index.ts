import { firstTables } from "./0001-first-tables.ts";
import { laneSegments } from "./0002-lane-segments.ts";
import { alertsAndExplanations } from "./0003-alerts-and-explanations.ts";
import { lastBatch } from "./0004-last-batch.ts";
import { transitionPlaces } from "./0005-transition-places.ts";
import { accessTokens } from "./0006-access-tokens.ts";
import type { Migration } from "./migration.ts";

/** In order, without gaps. */
export const migrations: readonly Migration[] = [
  firstTables,
  laneSegments,
  alertsAndExplanations,
  lastBatch,
  transitionPlaces,
  accessTokens,
];

export const latestVersion = migrations.length;
