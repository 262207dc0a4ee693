import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Tokens } from "../../security/access/tokens.ts";
import { CommandError, EXIT } from "./exit-codes.ts";

/**
 * The tokens of a data directory in which no runtime works: its lock is taken, so none can begin to. Nothing is
 * executed and no dependency is asked.
 */
export async function withTokens<Result>(
  dataDirectory: string,
  use: (tokens: Tokens) => Result | Promise<Result>,
): Promise<Result> {
  if (!existsSync(join(dataDirectory, "journal.db")))
    throw new CommandError("not_found", `There is no journal in ${dataDirectory}.`, EXIT.notFound);
  // Only here: whoever asks a server should not have to wait for the runtime's modules.
  const { createRuntime } = await import("../../runtime.ts");
  const runtime = await createRuntime({
    dataDirectory,
    operations: [],
    autoStart: false,
    monitoring: false,
    principal: { id: "data-directory", permissions: "*" },
  });
  try {
    return await use(runtime.tokens);
  } finally {
    await runtime.stop();
  }
}
