import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Command, Option } from "commander";
import type { RuntimeOptions } from "../../../runtime-options.ts";
import { isOperationDefinition } from "../operation-modules.ts";
import { oneOf, whole } from "../arguments.ts";
import type { Cli } from "../cli.ts";
import { CommandError, EXIT } from "../exit-codes.ts";

interface ServeCommandOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly mode: "development" | "production";
  readonly auth: "tokens" | "none";
  readonly tlsKey?: string;
  readonly tlsCert?: string;
  readonly trustProxy?: readonly string[];
  readonly origin?: readonly string[];
  readonly cors?: readonly string[];
  readonly log: "debug" | "info" | "warn" | "error";
}

const HELP = `
The module is JavaScript (or TypeScript that this Node can strip of its types). What it exports is served: every
operation among its exports, by whatever name, and those in an array of operations. It may export "config" (settings
of the runtime) and "dependencies" (an array, for those that no operation names).

In production (the default) it starts only where somebody can come in: with a token that is live (holdfast token create
--data DIR), or with a secret in HOLDFAST_BOOTSTRAP_TOKEN, or in the file that HOLDFAST_BOOTSTRAP_TOKEN_FILE names.
In development it makes a token at its first start and prints it once; it then listens on this machine only.

Beyond this machine (--host) it asks for TLS (--tls-key, --tls-cert) or for the proxies that end TLS before it
(--trust-proxy), and for the addresses under which it is called (--origin).

SIGTERM and SIGINT stop it: what is in flight ends or goes back to disk. Logs are JSON lines on standard error.
`;

export function addServe(program: Command, cli: Cli): void {
  program
    .command("serve <module>")
    .description("Serve the operations that a module exports, from a data directory.")
    .requiredOption("--data <directory>", "the data directory; made when missing")
    .option("--host <address>", "where it listens", "127.0.0.1")
    .option("--port <port>", "0 for a free one", whole, 4_400)
    .option("--mode <mode>", "development, production", oneOf(["development", "production"]), "production")
    .addOption(
      new Option("--auth <kind>", "tokens; none: everybody on this machine may do everything")
        .default("tokens")
        .argParser(oneOf(["tokens", "none"])),
    )
    .option("--tls-key <file>", "private key, PEM")
    .option("--tls-cert <file>", "certificate, PEM")
    .option("--trust-proxy <address...>", "proxies that end TLS before it; nobody else may call it then")
    .option("--origin <origin...>", "addresses under which it is called: https://holdfast.example.org")
    .option("--cors <origin...>", "origins whose pages may call it with a token")
    .option("--log <level>", "debug, info, warn, error", oneOf(["debug", "info", "warn", "error"]), "warn")
    .addHelpText("after", HELP)
    .action((module: string, options: ServeCommandOptions) => serve(cli, module, options));
}

async function serve(cli: Cli, module: string, options: ServeCommandOptions): Promise<void> {
  const exported = await importModule(module);
  const { createRuntime } = await import("../../../runtime.ts");
  const { serveRuntime, readBootstrapToken } = await import("../../server/index.ts");
  const { pino, destination } = await import("pino");
  const logger = pino({ level: options.log, base: null }, destination({ fd: 2, sync: true }));
  const { data: dataDirectory, host, port, mode, auth: authentication, trustProxy, origin, cors } = options;
  const tls = tlsOf(options);
  const bootstrapToken = readBootstrapToken(cli.environment);
  const server = await serveRuntime({
    runtime: () => createRuntime({ dataDirectory, logger, ...exported }),
    host,
    port,
    mode,
    authentication,
    logger,
    ...(bootstrapToken !== undefined && { bootstrapToken }),
    ...(tls !== undefined && { tls }),
    ...(trustProxy !== undefined && { trustProxy }),
    ...(origin !== undefined && { publicOrigins: origin }),
    ...(cors !== undefined && { cors }),
    // The command line's own handlers are for commands that ask.
    stopOn: [],
  });
  cli.signal.addEventListener("abort", () => void server.stop().catch(() => {}), { once: true });
  if (cli.signal.aborted) await server.stop();
  const names = server.runtime.operations.map(({ name }) => name).join(", ");
  cli.output.lines([`serving ${names} at ${server.url}`]);
  if (server.access?.token !== undefined)
    cli.output.say(`Token of the first start, shown this once: ${server.access.token}`);
  if (server.access?.link !== undefined)
    cli.output.say(`Console, signs you in once: ${server.url}/?token=${server.access.link}`);
  await server.stopped;
  // Stopped as it was told to: well done.
  cli.end(EXIT.done);
}

type Exported = Pick<RuntimeOptions, "operations" | "config" | "dependencies">;

async function importModule(module: string): Promise<Exported> {
  const path = resolve(module);
  let found: Readonly<Record<string, unknown>>;
  try {
    found = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError("module_failed", `${path} cannot be imported: ${why}`, EXIT.failed, { cause });
  }
  const operations = Object.values(found)
    .flatMap((value: unknown) => (Array.isArray(value) ? (value as readonly unknown[]) : [value]))
    .filter(isOperationDefinition);
  if (operations.length === 0)
    throw new CommandError("no_operations", `${path} exports no operation (defineOperation).`, EXIT.failed);
  const { config, dependencies } = found;
  return {
    operations: [...new Set(operations)],
    ...(config !== undefined && { config: config as NonNullable<Exported["config"]> }),
    ...(dependencies !== undefined && { dependencies: dependencies as NonNullable<Exported["dependencies"]> }),
  };
}

function tlsOf({ tlsKey, tlsCert }: ServeCommandOptions): { readonly key: Buffer; readonly cert: Buffer } | undefined {
  if (tlsKey === undefined && tlsCert === undefined) return undefined;
  if (tlsKey === undefined || tlsCert === undefined)
    throw new CommandError("bad_use", "TLS takes both --tls-key and --tls-cert.", EXIT.badUse);
  const read = (file: string): Buffer => {
    try {
      return readFileSync(file);
    } catch (cause) {
      throw new CommandError("bad_use", `${file} cannot be read.`, EXIT.badUse, { cause });
    }
  };
  return { key: read(tlsKey), cert: read(tlsCert) };
}
