import { asChild } from "./child.ts";
import type { LoadCommand, LoadReport } from "./messages.ts";
import { Load } from "./offer-load.ts";
import { Workload } from "./workload.ts";

/*
 * The outside process: a caller that knows the service by its port only. An operation that stands in its file must be
 * in the graph in the end.
 */

const REPORT_EVERY_MS = 25;

const report = asChild<LoadCommand, LoadReport>((command) => {
  if (command.type === "stop") process.exit(0);
  run(command).catch((error: unknown) =>
    report({ type: "failed", message: error instanceof Error ? error.message : String(error) }),
  );
});

async function run({ workload, ...settings }: Extract<LoadCommand, { type: "start" }>): Promise<void> {
  const load = new Load(settings, await Workload.open(workload));
  const tell = (): void => report({ type: "status", status: load.status });
  setInterval(tell, REPORT_EVERY_MS);
  await load.run();
  tell();
}
