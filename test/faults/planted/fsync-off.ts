import * as real from "../../../src/storage/writer/open-database.ts";

export * from "../../../src/storage/writer/open-database.ts";

/** The journal's commits are not synchronised: they survive the process, and not the power. In the writer's thread. */
export const openDatabase: typeof real.openDatabase = (...parameters) => {
  const database = real.openDatabase(...parameters);
  database.pragma("synchronous = OFF");
  return database;
};
