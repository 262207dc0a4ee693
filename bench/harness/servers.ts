/** So many servers, each of which takes so long for a call. Who finds none free waits in line. */
export class Servers {
  readonly #serviceMs: number;
  readonly #line: (() => void)[] = [];
  #free: number;
  #served = 0;

  constructor(servers: number, serviceMs: number) {
    this.#free = servers;
    this.#serviceMs = serviceMs;
  }

  /** Calls that were served to their end. */
  get served(): number {
    return this.#served;
  }

  /** Rejects when `signal` gives up first: in line nothing was done, and a server goes on to the end for nobody. */
  async serve(signal: AbortSignal): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    await new Promise((resolve) => setTimeout(resolve, this.#serviceMs));
    const next = this.#line.shift();
    if (next === undefined) this.#free += 1;
    else next();
    signal.throwIfAborted();
    this.#served += 1;
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        this.#line.splice(this.#line.indexOf(turn), 1);
        reject(new Error("given up in line"));
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#line.push(turn);
    });
  }
}
