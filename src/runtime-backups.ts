import { join } from "node:path";
import { HoldfastError, MisuseError } from "./errors.ts";
import { isAllowed, type Principal } from "./operations/principal.ts";
import type { Clock } from "./ports.ts";
import { checkReason } from "./queue/cancel.ts";
import type { ControlAction } from "./queue/journal.ts";
import { type Backup, backupJournal, type BackupOptions } from "./storage/backup/backup-journal.ts";

export interface RuntimeBackupOptions extends Pick<BackupOptions, "onProgress"> {
  /** Default: a name made of the time, in the `backupDirectory` of the runtime's options. */
  readonly file?: string;
  /** Kept in the audit. */
  readonly reason: string;
  /** Default: the embedding service's. */
  readonly principal?: Principal;
}

export interface RuntimeBackup extends Backup {
  /** Wall time of its beginning; what was committed later is not in it. */
  readonly at: number;
  readonly tookMs: number;
}

export interface BackupPorts {
  readonly dataDirectory: string;
  readonly backupDirectory: string | undefined;
  readonly clock: Clock;
  readonly principal: Principal;
  readonly record: (action: ControlAction) => void;
}

/** Copies of the journal while it works: one at a time, each recorded, whatever became of it. */
export class Backups {
  readonly #ports: BackupPorts;
  #isAtWork = false;

  constructor(ports: BackupPorts) {
    this.#ports = ports;
  }

  /**
   * @throws MisuseError `reason_missing`, `no_backup_directory`, `file_exists`
   * @throws HoldfastError `forbidden`, `backup_in_progress`; StorageError `backup_damaged`, `storage_full`, …
   */
  async create({ file, reason, principal: by, onProgress }: RuntimeBackupOptions): Promise<RuntimeBackup> {
    const { clock, dataDirectory, record } = this.#ports;
    const principal = by ?? this.#ports.principal;
    const at = clock.now();
    const began = clock.monotonicMs();
    const done = (outcome: string, request: ControlAction["request"] = {}) =>
      record({ at, principal: principal.id, action: "backup", target: "journal", reason, outcome, request });
    try {
      if (!isAllowed(principal, "backup.create"))
        throw new HoldfastError("forbidden", `${principal.id} may not do this: it asks for backup.create.`);
      checkReason(reason, "a backup is made");
      const target = file ?? this.#nextFile(at);
      if (this.#isAtWork)
        throw new HoldfastError("backup_in_progress", "A backup is being made; try again when it is done.", {
          retryable: true,
        });
      this.#isAtWork = true;
      try {
        const backup = await backupJournal({
          dataDirectory,
          file: target,
          ...(onProgress === undefined ? {} : { onProgress }),
        });
        done("copied", { bytes: backup.bytes });
        return { ...backup, at, tookMs: clock.monotonicMs() - began };
      } finally {
        this.#isAtWork = false;
      }
    } catch (error) {
      done(error instanceof HoldfastError ? error.code : "error");
      throw error;
    }
  }

  #nextFile(at: number): string {
    const { backupDirectory } = this.#ports;
    if (backupDirectory === undefined)
      throw new MisuseError(
        "no_backup_directory",
        "There is no folder for backups: give `backupDirectory` to createRuntime, or name a file.",
      );
    return join(backupDirectory, `holdfast-${new Date(at).toISOString().replaceAll(/[:.]/g, "-")}.db`);
  }
}
