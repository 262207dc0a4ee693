import { basename } from "node:path";
import { backupAnswerSchema, backupInputSchema } from "./schemas/backup.ts";
import { procedure, router } from "./trpc.ts";

/** Copies of the journal, made while it works. */
export const backupsRouter = router({
  create: procedure(
    "backup.create",
    "POST /api/v4/backups",
    "Copies the journal into the folder that the operator has configured, and checks the copy.",
    { reasons: ["no_backup_directory", "file_exists"], creates: true },
  )
    .input(backupInputSchema)
    .output(backupAnswerSchema)
    .mutation(async ({ ctx: { runtime, principal }, input: { reason } }) => {
      const { file, ...backup } = await runtime.backup({ reason, principal });
      return { name: basename(file), ...backup };
    }),
});
