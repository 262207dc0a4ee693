/** One subscription of the client, as this file needs it. */
export type Subscribe<Data> = (
  input: { readonly lastEventId?: string },
  callbacks: {
    readonly onData: (item: { readonly id: string; readonly data: Data }) => void;
    readonly onError: () => void;
  },
) => { unsubscribe(): void };

const AGAIN_AFTER_MS = 1_000;

/**
 * A subscription that begins again after whatever ended it, where it was. It is given up while nobody sees the page: a
 * browser has six connections to a server, and every tab of the console would keep its own.
 */
export class Stream<Data> {
  readonly #subscribe: Subscribe<Data>;
  readonly #onData: (id: string, data: Data) => void;
  #lastId: string | undefined;
  #current: { unsubscribe(): void } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(subscribe: Subscribe<Data>, onData: (id: string, data: Data) => void) {
    this.#subscribe = subscribe;
    this.#onData = onData;
  }

  open(): void {
    if (this.#current !== undefined) return;
    clearTimeout(this.#timer);
    this.#current = this.#subscribe(this.#lastId === undefined ? {} : { lastEventId: this.#lastId }, {
      onData: ({ id, data }) => {
        this.#lastId = id;
        this.#onData(id, data);
      },
      onError: () => {
        this.close();
        this.#timer = setTimeout(() => this.open(), AGAIN_AFTER_MS);
      },
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#current?.unsubscribe();
    this.#current = undefined;
  }
}
