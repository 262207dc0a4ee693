import type { CampaignProgress } from "./campaign.ts";

const REDRAW_EVERY_MS = 100;
/** Where nothing can be redrawn, a line this often. */
const LINE_EVERY_MS = 5_000;
const BAR_CELLS = 30;

/** Shows what is going on, on stderr: a bar that is redrawn on a terminal, plain lines elsewhere. */
export class Progress implements Disposable {
  readonly #kills: number;
  readonly #stream: NodeJS.WriteStream;
  #shownAtMs = Number.NEGATIVE_INFINITY;

  constructor(kills: number, stream: NodeJS.WriteStream = process.stderr) {
    this.#kills = kills;
    this.#stream = stream;
  }

  readonly show = (progress: CampaignProgress): void => {
    const nowMs = performance.now();
    if (nowMs - this.#shownAtMs < (this.#stream.isTTY ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
    this.#shownAtMs = nowMs;
    const words = this.#inWords(progress);
    if (!this.#stream.isTTY) return void this.#stream.write(`${words}\n`);
    const cells = Math.round((progress.kills / this.#kills) * BAR_CELLS);
    const line = `  ${"█".repeat(cells)}${"░".repeat(BAR_CELLS - cells)}  ${words}`;
    this.#stream.write(`\r\u001B[2K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  };

  [Symbol.dispose](): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001B[2K");
  }

  #inWords({ phase, kills, acknowledged, waiting, next }: CampaignProgress): string {
    const counts = `${kills} of ${this.#kills} kills · ${acknowledged.toLocaleString("en-US")} acknowledged · ${waiting.toLocaleString("en-US")} waiting`;
    return `${counts} · ${phase === "killing" ? `next: ${next}` : phase}`;
  }
}
