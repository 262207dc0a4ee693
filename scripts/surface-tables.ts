import type { Command } from "commander";
import { appRouter } from "../routers/app.router.ts";
import { type RestRoute, restRoutes } from "../routers/rest/rest-route.ts";
import { PERMISSIONS, SUBMIT_PERMISSION } from "../src/security/access/permissions.ts";
import { PERMISSIONS_OF_ROLE, ROLES } from "../src/security/access/roles.ts";
import { EXIT_CODES_HELP } from "../src/surface/cli/exit-codes.ts";
import { Output } from "../src/surface/cli/output/output.ts";
import { screenOf } from "../src/surface/cli/output/screen.ts";
import { createProgram } from "../src/surface/cli/program.ts";
import { table } from "./markdown-table.ts";

/* What the surface can do, as it declares it. */

/** The command line's program, to be looked at and not run. */
export function commandLine(): Command {
  const mute = { write: () => true, screen: screenOf({}, {}, false) };
  return createProgram({
    output: new Output(mute, mute),
    environment: {},
    signal: new AbortController().signal,
    now: Date.now,
    end: () => {},
  });
}

/** `verbs`: every command that does something, in the order of the help. */
export function verbsTable(): string {
  const leaves = (command: Command, path: string): string[][] =>
    command.commands.length === 0
      ? [[`\`${[path, argumentsOf(command)].filter(Boolean).join(" ")}\``, command.description()]]
      : command.commands.flatMap((each) => leaves(each, `${path} ${each.name()}`.trim()));
  return table([["command", "to"], ...leaves(commandLine(), "")]);
}

/** Its arguments, and the options that it cannot do without. */
function argumentsOf({ registeredArguments, options }: Command): string {
  const given = registeredArguments.map((each) => {
    const name = `${each.name().toUpperCase()}${each.variadic ? "…" : ""}`;
    return each.required ? name : `[${name}]`;
  });
  return [...given, ...options.filter(({ mandatory }) => mandatory).map(({ long }) => `${long} …`)].join(" ");
}

/** `exit codes`: as `--help` has them. */
export function exitCodesTable(): string {
  const rows = EXIT_CODES_HELP.matchAll(/^ {2}(\d+) +(.*)$/gm);
  return table([["exit code", "means"], ...[...rows].map(([, code = "", means = ""]) => [code, means])]);
}

/** `rest queue`: procedures of an area, where they are over REST, and what they ask for. */
export function restTable(areas: readonly string[]): string {
  const of = ({ procedure }: RestRoute): boolean => areas.includes(procedure.split(".")[0] ?? "");
  const found = restRoutes(appRouter).filter(of);
  if (found.length === 0) throw new Error(`there is no procedure in ${areas.join(" ")}`);
  const rows = found.map(({ procedure, meta: { rest, permission } }) => [
    `\`${procedure}\``,
    `\`${rest}\``,
    permission === "asked_by_operation" ? "the operation's own" : `\`${permission}\``,
  ]);
  return table([["procedure", "REST", "permission"], ...rows]);
}

/** `roles`: which permission each role has. */
export function rolesTable(): string {
  const has = (role: (typeof ROLES)[number], permission: string): string => {
    const given = PERMISSIONS_OF_ROLE[role];
    return given === "*" || given.includes(permission) ? "yes" : "";
  };
  const rows = [SUBMIT_PERMISSION, ...PERMISSIONS].map((permission) => [
    `\`${permission}\``,
    ...ROLES.map((role) => has(role, permission)),
  ]);
  return table([["permission", ...ROLES.map((role) => `\`${role}\``)], ...rows]);
}
