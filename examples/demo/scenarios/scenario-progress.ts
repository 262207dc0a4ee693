import type { Arm } from "./messages.ts";
import type { Phase } from "./phase.ts";
import type { ArmProgress } from "./run-arm.ts";
import type { HeardOfArm } from "./scenario-watch.ts";

const REDRAW_EVERY_MS = 100;
/** Where nothing can be redrawn, a line this often. */
const LINE_EVERY_MS = 5_000;
const BAR_CELLS = 30;
const NAMES = { holdfast: "with Holdfast", control: "without" } as const;

/** Shows what is going on, on stderr: three lines that are redrawn on a terminal, plain lines elsewhere. */
export class ScenarioProgress implements ArmProgress, Disposable {
  readonly #stream: NodeJS.WriteStream;
  readonly #timer: NodeJS.Timeout;
  #arm: Arm = "holdfast";
  #phase: Phase | "starting" | "finishing" = "starting";
  #phaseBegan = performance.now();
  #phaseMs = 0;
  #heard: (() => HeardOfArm) | undefined;
  #drawn = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
    this.#timer = setInterval(
      () => (stream.isTTY ? this.#redraw() : this.#line()),
      stream.isTTY ? REDRAW_EVERY_MS : LINE_EVERY_MS,
    );
  }

  follow(arm: Arm, heard: () => HeardOfArm): void {
    this.#arm = arm;
    this.#heard = heard;
  }

  show(phase: Phase | "starting" | "finishing", durationMs: number): void {
    this.#phase = phase;
    this.#phaseMs = durationMs;
    this.#phaseBegan = performance.now();
    if (this.#stream.isTTY) this.#redraw();
    else this.#line();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#drawn) this.#stream.write("\u001B[3A\u001B[J");
  }

  #redraw(): void {
    if (this.#drawn) this.#stream.write("\u001B[3A");
    this.#drawn = true;
    const width = (this.#stream.columns ?? 80) - 1;
    for (const line of this.#lines()) this.#stream.write(`\u001B[2K${line.slice(0, width)}\n`);
  }

  #line(): void {
    this.#stream.write(
      `${this.#lines()
        .map((line) => line.trim())
        .join(" | ")}\n`,
    );
  }

  #lines(): readonly string[] {
    const { service, load, isUp, breakerOpenings } = this.#heard?.() ?? {};
    const elapsedMs = performance.now() - this.#phaseBegan;
    const share = this.#phaseMs === 0 ? 0 : Math.min(1, elapsedMs / this.#phaseMs);
    const cells = Math.round(share * BAR_CELLS);
    const bar = "█".repeat(cells) + "░".repeat(BAR_CELLS - cells);
    const of = this.#phaseMs === 0 ? "" : ` of ${seconds(this.#phaseMs)}`;
    const count = (value: number | undefined): string => (value ?? 0).toLocaleString("en-US");
    const state =
      isUp === false && this.#phase !== "starting"
        ? "the process is down"
        : this.#arm === "control"
          ? "no modes: nothing decides"
          : (service?.modes ?? "starting");
    const opened =
      breakerOpenings === undefined || breakerOpenings === 0 ? "" : ` · breaker opened ${breakerOpenings} ×`;
    return [
      `  ${NAMES[this.#arm]}, ${this.#phase}${of}: ${state}`,
      `  ${bar} ${seconds(elapsedMs).padStart(5)}  ${count(service?.unfinished)} open · heap ${Math.round((service?.heapShare ?? 0) * 100)} %${opened}`,
      `  ${count(load?.offered)} offered: ${count(load?.completed)} completed, ${count(load?.queued)} queued, ${count(load?.refused)} refused, ${count(load?.failed)} failed`,
    ];
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
