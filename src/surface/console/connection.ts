import { createHoldfastClient, type HoldfastClient, holdfastErrorOf, type HoldfastOutputs } from "../client/index.ts";
import { appended } from "./data/ring.ts";
import { createStore, type Store } from "./data/store.ts";

export type Status = HoldfastOutputs["degradation"]["status"];
export type Metrics = HoldfastOutputs["degradation"]["metrics"];

/** What the server says of itself, asked for at most once a second and after transitions. */
export interface Snapshot {
  /** When it was received, by this browser's clock. */
  readonly at: number;
  readonly status: Status;
  readonly metrics: Metrics;
}

type Watched = HoldfastOutputs["degradation"]["watch"] extends AsyncIterable<infer Item> ? Item : never;
type Change = Extract<Watched extends { readonly data: infer Data } ? Data : Watched, { readonly kind: "transition" }>;

/** One transition of one machine, as it was received. `id` is the feed's. */
export type Transition = Change & { readonly id: string };

/**
 * - `connecting`: nothing was answered yet.
 * - `live`: the last question was answered.
 * - `lost`: it was not; what is shown is old, and it is asked again.
 * - `signed_out`: the server asks who this is.
 */
export type Link = "connecting" | "live" | "lost" | "signed_out";

export interface Connection {
  readonly client: HoldfastClient;
  readonly link: Store<Link>;
  readonly snapshot: Store<Snapshot | undefined>;
  /** The last transitions, oldest first; at most `TRANSITIONS_KEPT`. */
  readonly transitions: Store<readonly Transition[]>;
  /** Each transition as it arrives, for what must not miss one. @returns stops listening */
  onTransition(listener: (transition: Transition) => void): () => void;
  /** Asks for a snapshot now: after an action, whose effect should be seen. */
  refresh(): Promise<void>;
  start(): void;
  stop(): void;
}

export const TRANSITIONS_KEPT = 500;

const ASK_EVERY_MS = 1_000;
/** After a transition it is asked at once, but not more often than this. */
const ASK_AT_MOST_EVERY_MS = 200;

/** The page's one connection: one stream of transitions and one question a second, whatever pages are open. */
export function createConnection({ url }: { readonly url: string }): Connection {
  const client = createHoldfastClient({ url });
  const link = createStore<Link>("connecting");
  const snapshot = createStore<Snapshot | undefined>(undefined);
  const transitions = createStore<readonly Transition[]>([]);
  const listeners = new Set<(transition: Transition) => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: Promise<void> | undefined;
  let askedAt = 0;
  let stopped = true;
  let watching: { unsubscribe(): void } | undefined;

  return {
    client,
    link,
    snapshot,
    transitions,
    onTransition(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refresh: ask,
    start() {
      if (!stopped) return;
      stopped = false;
      watch();
      void ask();
      document.addEventListener("visibilitychange", onVisibility);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      watching?.unsubscribe();
      document.removeEventListener("visibilitychange", onVisibility);
    },
  };

  function ask(): Promise<void> {
    asking ??= askNow().finally(() => {
      asking = undefined;
      if (!stopped) askIn(ASK_EVERY_MS);
    });
    return asking;
  }

  async function askNow(): Promise<void> {
    askedAt = Date.now();
    try {
      const [status, metrics] = await Promise.all([
        client.degradation.status.query(),
        client.degradation.metrics.query(),
      ]);
      snapshot.set({ at: Date.now(), status, metrics });
      link.set("live");
    } catch (error) {
      link.set(holdfastErrorOf(error)?.reason === "unauthenticated" ? "signed_out" : "lost");
    }
  }

  function askIn(pauseMs: number): void {
    clearTimeout(timer);
    // A hidden page asks nobody; it asks at once when it is seen again.
    if (!document.hidden) timer = setTimeout(() => void ask(), pauseMs);
  }

  function onVisibility(): void {
    if (!document.hidden) void ask();
  }

  function watch(): void {
    watching = client.degradation.watch.subscribe(undefined, {
      onData({ id, data }) {
        // What was missed is in the snapshot, which is asked for in either case.
        if (data.kind === "transition") tell({ id, ...data });
        askIn(Math.max(0, askedAt + ASK_AT_MOST_EVERY_MS - Date.now()));
      },
      onError: () => {
        watching?.unsubscribe();
        if (!stopped) setTimeout(() => stopped || watch(), ASK_EVERY_MS);
      },
    });
  }

  function tell(transition: Transition): void {
    transitions.update((known) => appended(known, [transition], TRANSITIONS_KEPT));
    for (const listener of listeners) listener(transition);
  }
}
