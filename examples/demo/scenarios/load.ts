import { asChild } from "../child.ts";
import { Callers } from "./callers.ts";
import type { LoadCommand, LoadReport } from "./messages.ts";

/* The outside process: callers that know the service by its port only. */

const REPORT_EVERY_MS = 100;

let callers: Callers | undefined;

const report = asChild<LoadCommand, LoadReport>((command) => {
  try {
    obey(command);
  } catch (error) {
    fail(error);
  }
});

function obey(command: LoadCommand): void {
  if (command.type === "start") {
    const started = new Callers(command.settings);
    callers = started;
    setInterval(() => report({ type: "status", status: started.status }), REPORT_EVERY_MS);
    report({ type: "ready" });
  } else if (command.type === "phase") callers?.begin(command.phase, command.ratePerSecond);
  else if (command.type === "finish") callers?.finish().then((phases) => report({ type: "finished", phases }), fail);
  else process.exit(0);
}

function fail(error: unknown): void {
  report({ type: "failed", message: error instanceof Error ? error.message : String(error) });
}
