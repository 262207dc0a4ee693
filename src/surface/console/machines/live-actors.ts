import { useEffect, useMemo } from "preact/hooks";
import type { Connection, Transition } from "../connection.ts";
import { onNextFrame } from "../data/frames.ts";
import { createStore, type Store, useStore } from "../data/store.ts";
import { type ActorView, type LiveActorWithEvents, type TakenEdge } from "./machine-data.ts";
import { movedBy, takenBy } from "./moved-actors.ts";

export interface LiveActors {
  /** Undefined before the first answer. */
  readonly actors: readonly ActorView[] | undefined;
  /** The edge that each took last, as far as this page has seen it. */
  readonly taken: ReadonlyMap<string, TakenEdge>;
}

const ASK_AT_MOST_EVERY_MS = 300;
/** Without a transition too: some may not have been received, and what actors know changes in between. */
const ASK_AT_LEAST_EVERY_MS = 4_000;

/**
 * Everybody, as the stream of transitions tells: what moves is lit in the frame in which it is received, and everybody is
 * asked for in one question soon after, since transitions do not tell facts and deadlines.
 */
export function useLiveActors(connection: Connection): LiveActors {
  const store = useMemo(() => createStore<LiveActors>({ actors: undefined, taken: new Map() }), [connection]);
  useEffect(() => follow(connection, store), [connection, store]);
  return useStore(store);
}

function follow(connection: Connection, store: Store<LiveActors>): () => void {
  let received: Transition[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let askedAt = 0;
  let isOver = false;

  const ask = async (): Promise<void> => {
    timer = undefined;
    askedAt = Date.now();
    try {
      const actors = await connection.client.machines.actors.query();
      if (!isOver) store.update(({ taken }) => ({ taken, actors }));
    } catch {
      // The connection says so. With its next snapshot this asks again.
    }
  };
  const askSoon = (): void => {
    timer ??= setTimeout(() => void ask(), ASK_AT_MOST_EVERY_MS);
  };
  const apply = (): void => {
    const batch = received;
    received = [];
    store.update(({ actors, taken }) => ({ actors: actors && movedBy(actors, batch), taken: takenBy(taken, batch) }));
  };
  const stops = [
    connection.onTransition((transition) => {
      received.push(transition);
      onNextFrame(apply);
      askSoon();
    }),
    connection.snapshot.subscribe(() => {
      if (Date.now() - askedAt > ASK_AT_LEAST_EVERY_MS) askSoon();
    }),
  ];
  void ask();
  return () => {
    isOver = true;
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

/** One actor with what is possible now: asked for when it moves, and with the page's own question each second. */
export function useLiveActor(connection: Connection, id: string | undefined): LiveActorWithEvents | undefined {
  const store = useMemo(() => createStore<LiveActorWithEvents | undefined>(undefined), [connection, id]);
  useEffect(() => {
    if (id === undefined) return undefined;
    let isOver = false;
    let asking = false;
    let again = false;
    const ask = async (): Promise<void> => {
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      try {
        const actor = await connection.client.machines.actor.query({ id });
        if (!isOver) store.set(actor);
      } catch {
        // It is no more, or nobody answers; the list of actors says which.
        if (!isOver) store.set(undefined);
      }
      asking = false;
      if (again && !isOver) {
        again = false;
        void ask();
      }
    };
    void ask();
    const stops = [
      connection.onTransition(({ machine }) => {
        if (machine === id) void ask();
      }),
      connection.snapshot.subscribe(() => void ask()),
    ];
    return () => {
      isOver = true;
      for (const stop of stops) stop();
    };
  }, [connection, id, store]);
  return useStore(store);
}

/** The edge that an actor took last before the page was opened. */
export function useEdgeTakenBefore(connection: Connection, id: string | undefined): TakenEdge | undefined {
  const store = useMemo(() => createStore<TakenEdge | undefined>(undefined), [connection, id]);
  useEffect(() => {
    if (id === undefined) return;
    connection.client.machines.transitions.query({ machine: id, limit: 1 }).then(
      ({ rows: [last] }) => {
        if (last?.edge !== undefined) store.set({ edge: last.edge, key: last.eventId, isOld: true });
      },
      () => {
        // Then nothing is marked until it moves.
      },
    );
  }, [connection, id, store]);
  return useStore(store);
}

/** What the guards of an actor's edges say now. */
export const holdsOf = (
  actor: LiveActorWithEvents | undefined,
): ReadonlyMap<string, boolean | "depends on the event"> =>
  new Map((actor?.events ?? []).flatMap(({ edges }) => edges.map(({ edge, holds }) => [edge, holds] as const)));
