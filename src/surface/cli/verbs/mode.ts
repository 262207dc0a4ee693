import type { Command } from "commander";
import { MODES, type Mode } from "../../../../machines/contracts/modes.ts";
import type { HoldfastOutputs } from "../../client/index.ts";
import { durationMs, oneOf, reason, whole } from "../arguments.ts";
import { type Cli, connect, refused, serverCommand, type ServerOptions } from "../cli.ts";
import { clockTime, fromNow } from "../output/moments.ts";
import { EXIT } from "../exit-codes.ts";
import { MODE_SAYS } from "./mode-says.ts";

interface PinOptions extends ServerOptions {
  readonly reason: string;
  readonly for: number;
  readonly replaces?: number;
}

interface ReleaseOptions extends ServerOptions {
  readonly reason: string;
  readonly expected?: number;
}

type Pin = Extract<HoldfastOutputs["degradation"]["pin"], { readonly status: "pinned" }>["pin"];

export function addMode(program: Command, cli: Cli): void {
  const mode = program.command("mode").description("Force a mode, or let the service decide again.");
  serverCommand(mode, "pin", `Force a mode for a while: ${MODES.join(", ")}.`)
    .argument("<mode>", "which", oneOf(MODES))
    .requiredOption("--reason <text>", "why; kept in the audit", reason)
    .requiredOption("--for <duration>", "30m, 2h: until it ends by itself", durationMs)
    .option("--replaces <revision>", "the revision of the pin that it may replace", whole)
    .action(async (which: Mode, options: PinOptions) => {
      const { reason: why, for: forMs, replaces } = options;
      const answer = await connect(cli, options).degradation.pin.mutate({
        mode: which,
        reason: why,
        forMs,
        ...(replaces !== undefined && { replaces }),
      });
      if (options.json === true) cli.output.json(answer);
      if (answer.status === "pinned") {
        const { pin } = answer;
        if (options.json !== true)
          cli.output.lines([
            `pinned until ${clockTime(pin.until, cli.now())} UTC by ${pin.owner} · ${MODE_SAYS[pin.mode]}`,
          ]);
        cli.output.say(`Revision ${pin.revision}; holdfast mode release --reason … ends it before.`);
      } else if (answer.status === "conflict") refused(cli, conflictText(answer.pin, cli.now(), "--replaces"));
      else unavailable(cli);
    });

  serverCommand(mode, "release", "End the pin: the service decides again.")
    .requiredOption("--reason <text>", "why; kept in the audit", reason)
    .option("--expected <revision>", "only the pin of this revision", whole)
    .action(async (options: ReleaseOptions) => {
      const { reason: why, expected } = options;
      const holdfast = connect(cli, options);
      const answer = await holdfast.degradation.release.mutate({
        reason: why,
        ...(expected !== undefined && { expected }),
      });
      if (options.json === true) cli.output.json(answer);
      if (answer.status === "released") {
        if (options.json === true) return;
        const { currentMode } = await holdfast.degradation.status.query();
        cli.output.lines([`released · ${currentMode} is in force`]);
      } else if (answer.status === "conflict") refused(cli, conflictText(answer.pin, cli.now(), "--expected"));
      else unavailable(cli);
    });
}

const conflictText = (pin: Pin | null, now: number, option: string): string =>
  pin === null
    ? "There is no pin."
    : `Another pin is held: ${pin.mode} by ${pin.owner}, revision ${pin.revision}, until ${clockTime(pin.until, now)} UTC (${fromNow(pin.until, now)}): ${pin.reason}. ${option} ${pin.revision} means that one.`;

function unavailable(cli: Cli): void {
  cli.output.say("The actor that keeps the pin is down at the moment; nothing has changed. Try again.");
  cli.end(EXIT.failed);
}
