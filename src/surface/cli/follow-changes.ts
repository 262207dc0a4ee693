import type { HoldfastClient } from "../client/index.ts";
import type { Cli } from "./cli.ts";
import { timeOfDay } from "../../explain/wording.ts";
import { plainText } from "./output/plain-text.ts";
import { painted } from "./output/screen.ts";

/** Prints transitions as they happen, until Ctrl-C: a line each, for programs a JSON document each. */
export async function followChanges(
  cli: Cli,
  holdfast: HoldfastClient,
  asJson: boolean,
  machine?: string,
): Promise<void> {
  const { output, signal } = cli;
  // Asked first: a subscription would wait for a server that does not come.
  await holdfast.machines.actors.query();
  output.say("Waiting for transitions; Ctrl-C ends it.");
  for await (const change of holdfast.machines.watch.subscribe(undefined, { signal })) {
    if (change.kind === "missed") {
      if (asJson) output.json(change, "line");
      else output.say(change.explanation);
      continue;
    }
    if (machine !== undefined && change.machine !== machine) continue;
    if (asJson) output.json(change, "line");
    else
      output.lines([
        `${painted(output.screen, "dim", timeOfDay(change.at))}  ${painted(output.screen, "cyan", plainText(change.machine))}  ${plainText(`${change.from} → ${change.to}  ${change.explanation}`)}`,
      ]);
  }
}
