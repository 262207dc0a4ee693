import type { QueueSettings } from "../../config/types.ts";
import { StorageError } from "../errors.ts";
import type { FreeDisk } from "./free-disk.ts";

/** The limits of what may wait. Refusing is for what is new: what was accepted is never dropped, and its end needs room too. */
export class AcceptanceRoom {
  readonly #queue: QueueSettings;
  readonly #freeDisk: FreeDisk;
  readonly #dataDirectory: string;

  constructor(queue: QueueSettings, freeDisk: FreeDisk, dataDirectory: string) {
    this.#queue = queue;
    this.#freeDisk = freeDisk;
    this.#dataDirectory = dataDirectory;
  }

  /** @throws StorageError `storage_full`, `queue_full` */
  check(rows: number, bytes: number): void {
    const { minimumFreeDiskBytes, maximumRows, maximumBytes } = this.#queue;
    if (this.#freeDisk.bytes < minimumFreeDiskBytes)
      throw new StorageError(
        "storage_full",
        `the disk of ${this.#dataDirectory} has less than ${minimumFreeDiskBytes} bytes free: make room`,
        { retryable: true },
      );
    if (rows >= maximumRows)
      throw new StorageError("queue_full", `${maximumRows} operations wait, which is the limit`, { retryable: true });
    if (bytes >= maximumBytes)
      throw new StorageError("queue_full", `${maximumBytes} bytes of input wait, which is the limit`, {
        retryable: true,
      });
  }
}
