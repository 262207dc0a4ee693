import type { Heard } from "./watch.ts";

/** Where the story is. */
export type Phase = "starting" | "normal" | "answers lost" | "graph cut" | "draining" | "reading the graph";

const REDRAW_EVERY_MS = 100;
/** Where nothing can be redrawn, a line this often. */
const LINE_EVERY_MS = 5_000;
const BAR_CELLS = 40;

/** Shows what is going on, on stderr: two lines that are redrawn on a terminal, plain lines elsewhere. */
export class Progress implements Disposable {
  readonly #stream: NodeJS.WriteStream;
  readonly #operations: number;
  readonly #timer: NodeJS.Timeout;
  #phase: Phase = "starting";
  #heard: (() => Heard) | undefined;
  #drawn = false;
  #before = { at: performance.now(), acknowledged: 0, perSecond: 0 };

  constructor(operations: number, stream: NodeJS.WriteStream = process.stderr) {
    this.#operations = operations;
    this.#stream = stream;
    this.#timer = setInterval(
      () => (stream.isTTY ? this.#redraw() : this.#line()),
      stream.isTTY ? REDRAW_EVERY_MS : LINE_EVERY_MS,
    );
  }

  follow(heard: () => Heard): void {
    this.#heard = heard;
  }

  readonly show = (phase: Phase): void => {
    this.#phase = phase;
    if (this.#stream.isTTY) this.#redraw();
    else this.#line();
  };

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#drawn) this.#stream.write("\u001B[2A\u001B[J");
  }

  #redraw(): void {
    if (this.#drawn) this.#stream.write("\u001B[2A");
    this.#drawn = true;
    const { acknowledged } = this.#figures();
    const share = acknowledged / this.#operations;
    const cells = Math.round(share * BAR_CELLS);
    const bar = "█".repeat(cells) + "░".repeat(BAR_CELLS - cells);
    const width = (this.#stream.columns ?? 80) - 1;
    for (const line of [this.#inWords(), `  ${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${this.#phase}`])
      this.#stream.write(`\u001B[2K${line.slice(0, width)}\n`);
  }

  #line(): void {
    this.#stream.write(`${this.#phase}: ${this.#inWords().trim()}\n`);
  }

  #inWords(): string {
    const { acknowledged, backlog, modes, perSecond } = this.#figures();
    const [done, all, waiting] = [acknowledged, this.#operations, backlog].map((value) =>
      value.toLocaleString("en-US"),
    );
    return `  ${modes} · ${waiting} queued · ${done} of ${all} accepted · ${Math.round(perSecond)}/s`;
  }

  #figures(): {
    readonly acknowledged: number;
    readonly backlog: number;
    readonly modes: string;
    readonly perSecond: number;
  } {
    const { load, service } = this.#heard?.() ?? {};
    const acknowledged = load === undefined ? 0 : load.completed + load.queued + load.failed;
    const now = performance.now();
    const elapsedMs = now - this.#before.at;
    // A rate over about a second: over less, it would flicker.
    if (elapsedMs >= 1_000)
      this.#before = {
        at: now,
        acknowledged,
        perSecond: ((acknowledged - this.#before.acknowledged) / elapsedMs) * 1_000,
      };
    return {
      acknowledged,
      backlog: service?.backlog ?? 0,
      modes: service?.modes || "starting",
      perSecond: this.#before.perSecond,
    };
  }
}
