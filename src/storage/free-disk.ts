import { statfs } from "node:fs/promises";

const REFRESH_MS = 1_000;

/** How much room the data directory's disk has, renewed about once a second, off the main thread. */
export class FreeDisk {
  readonly #directory: string;
  readonly #timer: NodeJS.Timeout;
  #bytes = Number.POSITIVE_INFINITY;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#timer = setInterval(() => void this.#refresh(), REFRESH_MS).unref();
  }

  static async watch(directory: string): Promise<FreeDisk> {
    const freeDisk = new FreeDisk(directory);
    await freeDisk.#refresh();
    return freeDisk;
  }

  get bytes(): number {
    return this.#bytes;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A figure that cannot be read stops nobody: the disk itself will say when it is full. */
  async #refresh(): Promise<void> {
    try {
      const { bavail, bsize } = await statfs(this.#directory);
      this.#bytes = bavail * bsize;
    } catch {
      this.#bytes = Number.POSITIVE_INFINITY;
    }
  }
}
