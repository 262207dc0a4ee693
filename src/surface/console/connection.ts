import { createHoldfastClient, type HoldfastClient, holdfastErrorOf } from "../client/index.ts";
import { appended } from "./data/ring.ts";
import { createStore, type Store } from "./data/store.ts";
import { Stream } from "./data/stream.ts";
import type { LiveSample, Snapshot, Transition } from "./data/wire.ts";
import { consoleFetch, createSessions, type Sessions } from "./session.ts";

export type { LiveSample, Metrics, Snapshot, Status, Transition } from "./data/wire.ts";

/**
 * - `connecting`: nothing was answered yet.
 * - `live`: the last question was answered.
 * - `lost`: it was not; what is shown is old, and it is asked again.
 * - `signed_out`: the server asks who this is.
 */
export type Link = "connecting" | "live" | "lost" | "signed_out";

export interface Connection {
  readonly client: HoldfastClient;
  readonly sessions: Sessions;
  readonly link: Store<Link>;
  readonly snapshot: Store<Snapshot | undefined>;
  /** The last transitions, oldest first; at most `TRANSITIONS_KEPT`. */
  readonly transitions: Store<readonly Transition[]>;
  /** The last ten minutes by the second, oldest first. */
  readonly samples: Store<readonly LiveSample[]>;
  /** Each transition as it arrives, for what must not miss one. @returns stops listening */
  onTransition(listener: (transition: Transition) => void): () => void;
  /** Asks for a snapshot now: after an action, whose effect should be seen. */
  refresh(): Promise<void>;
  start(): void;
  stop(): void;
}

export const TRANSITIONS_KEPT = 500;
const SAMPLES_KEPT = 600;

const ASK_EVERY_MS = 1_000;
/** After a transition it is asked at once, but not more often than this. */
const ASK_AT_MOST_EVERY_MS = 200;

/** The page's one connection: a stream of transitions, one of figures, and one question a second, whatever is shown. */
export function createConnection({ url }: { readonly url: string | URL }): Connection {
  const client = createHoldfastClient({ url, fetch: consoleFetch });
  const sessions = createSessions();
  const link = createStore<Link>("connecting");
  const snapshot = createStore<Snapshot | undefined>(undefined);
  const transitions = createStore<readonly Transition[]>([]);
  const samples = createStore<readonly LiveSample[]>([]);
  const listeners = new Set<(transition: Transition) => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: Promise<void> | undefined;
  let askedAt = 0;
  let isStopped = true;

  const changes = new Stream<{ readonly kind: "missed" } | ({ readonly kind: "transition" } & Omit<Transition, "id">)>(
    (input, callbacks) => client.degradation.watch.subscribe(input, callbacks),
    (id, change) => {
      // What was missed is in the snapshot, which is asked for in either case.
      if (change.kind === "transition") tell({ id, ...change });
      askIn(Math.max(0, askedAt + ASK_AT_MOST_EVERY_MS - Date.now()));
    },
  );
  const seconds = new Stream<{ readonly kind: "missed" } | ({ readonly kind: "sample" } & LiveSample)>(
    (input, callbacks) => client.live.watch.subscribe(input, callbacks),
    (_id, item) => {
      if (item.kind === "sample") keepSamples([item]);
    },
  );

  return {
    client,
    sessions,
    link,
    snapshot,
    transitions,
    samples,
    onTransition(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refresh: ask,
    start() {
      if (!isStopped) return;
      isStopped = false;
      document.addEventListener("visibilitychange", attend);
      sessions.state.subscribe(attend);
      void sessions.ask();
      attend();
    },
    stop() {
      isStopped = true;
      document.removeEventListener("visibilitychange", attend);
      attend();
    },
  };

  /** Listens and asks while somebody sees the page and the server knows who that is. */
  function attend(): void {
    const isSeen = !isStopped && !document.hidden && sessions.state.get().kind !== "signed_out";
    clearTimeout(timer);
    if (sessions.state.get().kind === "signed_out") link.set("signed_out");
    if (!isSeen) {
      changes.close();
      seconds.close();
      return;
    }
    changes.open();
    seconds.open();
    void client.live.recent.query().then(
      ({ samples: recent }) => keepSamples(recent),
      () => undefined,
    );
    void ask();
  }

  function ask(): Promise<void> {
    asking ??= askNow().finally(() => {
      asking = undefined;
      if (!isStopped) askIn(ASK_EVERY_MS);
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
      if (link.get() === "lost") void sessions.ask();
      snapshot.set({ at: Date.now(), status, metrics });
      link.set("live");
    } catch (error) {
      const isUnknown = holdfastErrorOf(error)?.reason === "unauthenticated";
      if (isUnknown) await sessions.ask();
      link.set(isUnknown ? "signed_out" : "lost");
    }
  }

  function askIn(pauseMs: number): void {
    clearTimeout(timer);
    if (!document.hidden && !isStopped && sessions.state.get().kind !== "signed_out")
      timer = setTimeout(() => void ask(), pauseMs);
  }

  function keepSamples(added: readonly LiveSample[]): void {
    samples.update((known) => {
      const last = known.at(-1)?.at ?? 0;
      const first = known[0]?.at ?? Number.POSITIVE_INFINITY;
      const newer = added.filter(({ at }) => at > last);
      // What was asked for may lie before what the stream has brought meanwhile.
      const older = known.length === 0 ? [] : added.filter(({ at }) => at < first);
      return newer.length + older.length === 0 ? known : appended([...older, ...known], newer, SAMPLES_KEPT);
    });
  }

  function tell(transition: Transition): void {
    transitions.update((known) => appended(known, [transition], TRANSITIONS_KEPT));
    for (const listener of listeners) listener(transition);
  }
}
