import type { Command } from "commander";
import { PRIORITIES, type Priority } from "../../../../machines/contracts/priority.ts";
import { ROLES, type Role } from "../../../security/access/roles.ts";
import type { HoldfastInputs, HoldfastOutputs } from "../../client/index.ts";
import { durationMs, oneOf, reason, whole } from "../arguments.ts";
import { type Cli, connect, refused, serverCommand, type ServerOptions } from "../cli.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { clockTime, fromNow } from "../output/moments.ts";
import type { Paint } from "../output/screen.ts";
import { type Column, tableLines } from "../output/table.ts";
import { firstRows } from "../pages.ts";
import { withTokens } from "../offline-tokens.ts";

type Token = HoldfastOutputs["tokens"]["list"]["rows"][number];
type Wish = HoldfastInputs["tokens"]["create"];

interface DataOption {
  /** A data directory, instead of a server. */
  readonly data?: string;
}

interface CreateOptions extends ServerOptions, DataOption {
  readonly role?: Role;
  readonly permission?: readonly string[];
  readonly kind: "person" | "service";
  readonly priority?: Priority;
  readonly for?: number;
  readonly reason: string;
}

const OFFLINE = "instead of a server: a data directory in which no runtime works";

export function addToken(program: Command, cli: Cli): void {
  const token = program.command("token").description("Credentials of remote callers.");

  serverCommand(token, "create <name>", "Make a token. Its secret is printed once, and kept nowhere.")
    .option("--role <role>", ROLES.join(", "), oneOf(ROLES))
    .option("--permission <permission...>", "instead of a role: permissions, one by one")
    .option("--kind <kind>", "person, service: whom it is for", oneOf(["person", "service"]), "service")
    .option("--priority <priority>", "the most urgent that it may ask for", oneOf(PRIORITIES))
    .option("--for <duration>", "until it expires; without it, it does not", durationMs)
    .requiredOption("--reason <text>", "why; kept in the audit", reason)
    .option("--data <directory>", OFFLINE)
    .action(async (name: string, options: CreateOptions) => {
      const wish = wishOf(name, options);
      const made =
        options.data === undefined
          ? await connect(cli, options).tokens.create.mutate(wish)
          : await withTokens(options.data, (tokens) => tokens.create(wish));
      if (options.json === true) return cli.output.json(made);
      // The secret alone is data: TOKEN=$(holdfast token create …).
      cli.output.lines([made.secret]);
      const { token: described } = made;
      const ends =
        described.expiresAt === undefined
          ? "it does not expire"
          : `expires ${clockTime(described.expiresAt, cli.now())} UTC`;
      return cli.output.say(
        `Token ${described.id} ${described.name}, may do: ${permissionsText(described)}; ${ends}. It is shown this once.`,
      );
    });

  serverCommand(token, "list", "Newest first; never a secret.")
    .option("--all", "also those that are over, and sessions of browsers")
    .option("--limit <rows>", "at most so many", whole, 50)
    .option("--data <directory>", OFFLINE)
    .action(async (options: ServerOptions & DataOption & { readonly all?: boolean; readonly limit: number }) => {
      const { rows, more } =
        options.data === undefined
          ? await firstRows<Token>(options.limit, (page) => connect(cli, options).tokens.list.query(page))
          : await withTokens(options.data, async (tokens) => {
              const { rows, next } = tokens.list({ limit: Math.min(options.limit, 1_000) });
              return { rows, more: next !== undefined };
            });
      const shown =
        options.all === true ? rows : rows.filter(({ status, kind }) => status === "live" && kind !== "session");
      if (options.json === true) return cli.output.json({ rows: shown, more });
      if (shown.length === 0) return cli.output.say("No token is live.");
      cli.output.lines(tableLines(columns(cli.now()), shown, cli.output.screen));
      if (more) cli.output.say("There are more: --limit.");
      return undefined;
    });

  serverCommand(token, "revoke", "End a token, its sessions and its open connections, from now on.")
    .argument("<id>", "its number", whole)
    .requiredOption("--reason <text>", "why; kept in the audit", reason)
    .option("--data <directory>", OFFLINE)
    .action(async (id: number, options: ServerOptions & DataOption & { readonly reason: string }) => {
      const answer =
        options.data === undefined
          ? await connect(cli, options).tokens.revoke.mutate({ id, reason: options.reason })
          : await withTokens(options.data, (tokens) => tokens.revoke(id, { reason: options.reason }));
      if (options.json === true) cli.output.json(answer);
      if (answer.status === "not_live") return refused(cli, `No token ${id} is live.`);
      if (options.json !== true) cli.output.lines([`token ${id} ${answer.token.name} is revoked`]);
      return undefined;
    });
}

function wishOf(name: string, options: CreateOptions): Wish {
  const { role, permission, kind, priority, for: forMs, reason: why } = options;
  const wish = {
    name,
    kind,
    reason: why,
    ...(priority !== undefined && { highestPriority: priority }),
    ...(forMs !== undefined && { forMs }),
  };
  if ((role === undefined) === (permission === undefined))
    throw new CommandError("bad_use", `Give either --role (${ROLES.join(", ")}) or --permission.`, EXIT.badUse);
  return role === undefined ? { ...wish, permissions: [...(permission ?? [])] } : { ...wish, role };
}

const permissionsText = ({ permissions, highestPriority }: Pick<Token, "permissions" | "highestPriority">): string =>
  `${permissions === "*" ? "everything" : permissions.join(", ")}${highestPriority === undefined ? "" : `, up to ${highestPriority}`}`;

const PAINT: Readonly<Record<Token["status"], Paint>> = { live: "green", expired: "dim", revoked: "dim" };

const columns = (now: number): readonly Column<Token>[] => [
  { title: "id", text: ({ id }) => String(id), align: "right" },
  { title: "name", text: ({ name }) => name, gives: true },
  { title: "for", text: ({ kind }) => kind },
  { title: "status", text: ({ status }) => status, paint: ({ status }) => PAINT[status] },
  { title: "expires", text: ({ expiresAt }) => (expiresAt === undefined ? "–" : fromNow(expiresAt, now)) },
  { title: "last used", text: ({ lastUsedAt }) => (lastUsedAt === undefined ? "–" : fromNow(lastUsedAt, now)) },
  { title: "made by", text: ({ createdBy }) => createdBy, gives: true },
  { title: "permissions", text: permissionsText, gives: true },
];
