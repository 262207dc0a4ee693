import { plainJson, plainText } from "./plain-text.ts";
import { painted, type Screen } from "./screen.ts";

interface Writable {
  write(text: string): unknown;
}

/** Data to stdout, words to stderr: what is piped on is data only. */
export class Output {
  /** Of stdout. */
  readonly screen: Screen;
  /** Of stderr. */
  readonly wordsScreen: Screen;
  readonly #data: Writable;
  readonly #words: Writable;

  constructor(data: Writable & { readonly screen: Screen }, words: Writable & { readonly screen: Screen }) {
    this.#data = data;
    this.#words = words;
    this.screen = data.screen;
    this.wordsScreen = words.screen;
  }

  /** Lines that are plain already, as `tableLines` makes them. */
  lines(lines: readonly string[]): void {
    if (lines.length > 0) this.#data.write(`${lines.join("\n")}\n`);
  }

  /** One value for programs; on one line where more may follow. */
  json(value: unknown, form: "whole" | "line" = "whole"): void {
    this.#data.write(`${plainJson(JSON.stringify(value, null, form === "whole" ? 2 : 0))}\n`);
  }

  /** For a person, beside the data. */
  say(text: string): void {
    this.#words.write(`${text.split("\n").map(plainText).join("\n")}\n`);
  }

  fail(text: string): void {
    this.#words.write(
      `${painted(this.wordsScreen, "red", "holdfast:")} ${text.split("\n").map(plainText).join("\n")}\n`,
    );
  }

  /** An error for programs. */
  failAsJson(error: { readonly reason: string; readonly message: string; readonly retryable: boolean }): void {
    this.#words.write(`${plainJson(JSON.stringify({ error }))}\n`);
  }

  /** Terminal control, for what redraws itself; nothing anywhere else. */
  control(sequence: string): void {
    if (this.screen.isTerminal) this.#data.write(sequence);
  }

  /** As `control`, on stderr. */
  wordsControl(sequence: string): void {
    if (this.wordsScreen.isTerminal) this.#words.write(sequence);
  }
}
