import { useEffect, useMemo } from "preact/hooks";
import type { Connection, Transition } from "../connection.ts";
import { onNextFrame } from "../data/frames.ts";
import { createStore, type Store, useStore } from "../data/store.ts";
import type { PastTransition } from "./machine-data.ts";

/** A row of the stream: stored before the page was opened, or received since. */
export type StreamRow = Pick<PastTransition, "at" | "machine" | "from" | "to" | "explanation"> & {
  readonly key: string;
};

export interface TransitionStream {
  /** Newest first. */
  readonly rows: readonly StreamRow[];
  readonly isPaused: boolean;
  /** Received since the reader paused. */
  readonly waiting: number;
  readonly pause: (isPaused: boolean) => void;
}

interface Kept {
  readonly rows: readonly StreamRow[];
  readonly isPaused: boolean;
  readonly waiting: number;
}

const KEPT_ROWS = 2_000;
const STORED_ROWS = 200;

/** The last transitions of all actors or of one, and those that arrive: however many, the page is drawn once a frame. */
export function useTransitionStream(connection: Connection, machine: string | undefined): TransitionStream {
  const store = useMemo(() => createStore<Kept>({ rows: [], isPaused: false, waiting: 0 }), [connection, machine]);
  const [stop, pause] = useMemo(() => receive(connection, machine, store), [store]);
  useEffect(() => stop, [stop]);
  return { ...useStore(store), pause };
}

function receive(
  connection: Connection,
  machine: string | undefined,
  store: Store<Kept>,
): readonly [stop: () => void, pause: (isPaused: boolean) => void] {
  let received: StreamRow[] = [];
  const apply = (): void => {
    if (store.get().isPaused) {
      received = received.slice(-KEPT_ROWS);
      store.update((kept) => ({ ...kept, waiting: received.length }));
      return;
    }
    const added = received.toReversed();
    received = [];
    store.update(({ rows }) => ({ rows: [...added, ...rows].slice(0, KEPT_ROWS), isPaused: false, waiting: 0 }));
  };
  // Listens before it asks what was: nothing falls between, and what is told twice is recognised.
  const stop = connection.onTransition((transition) => {
    if (machine !== undefined && transition.machine !== machine) return;
    received.push(rowOf(transition));
    onNextFrame(apply);
  });
  connection.client.machines.transitions
    .query({ limit: STORED_ROWS, ...(machine === undefined ? {} : { machine }) })
    .then(({ rows: stored }) => {
      const { rows } = store.get();
      const known = new Set([...rows, ...received].map(likeness));
      const older = stored
        .map(({ eventId, at, machine: of, from, to, explanation }) => ({
          key: eventId,
          at,
          machine: of,
          from,
          to,
          explanation,
        }))
        .filter((row) => !known.has(likeness(row)));
      store.update((kept) => ({ ...kept, rows: [...kept.rows, ...older].slice(0, KEPT_ROWS) }));
    })
    .catch(() => {
      // What arrives is shown all the same.
    });
  const pause = (isPaused: boolean): void => {
    store.update((kept) => ({ ...kept, isPaused }));
    apply();
  };
  return [stop, pause];
}

const rowOf = ({ id, at, machine, from, to, explanation }: Transition): StreamRow => ({
  key: `live ${id}`,
  at,
  machine,
  from,
  to,
  explanation,
});

const likeness = ({ at, machine, from, to }: StreamRow): string => `${at} ${machine} ${from} ${to}`;
