// node journal-holder.ts DIRECTORY: opens the journal, says so, and holds it until it is killed.
import { openJournal } from "../../src/storage/open-journal.ts";
import { defaultConfig } from "../../config/presets.ts";
import { silentLogger } from "../../src/ports.ts";

await openJournal({
  dataDirectory: process.argv[2] ?? "",
  pools: ["graph", "search"],
  definitions: [],
  queue: defaultConfig.queue,
  storage: defaultConfig.storage,
  now: () => Date.now(),
  logger: silentLogger,
});
process.stdout.write("held\n");
