import { useEffect, useMemo } from "preact/hooks";
import type { Connection } from "../connection.ts";
import { createStore, useStore } from "../data/store.ts";
import type { PastMoment, TransitionBounds } from "../machines/machine-data.ts";
import type { TimeSpan } from "./time-span.ts";

/** Which moment: a wall time, or right after one transition of several in a millisecond. */
export interface Moment {
  readonly at: number;
  readonly place?: string;
}

export interface Asked<Answer> {
  readonly answer: Answer | undefined;
  /** The answer is to the present question, and not to an earlier one. */
  readonly isCurrent: boolean;
  readonly hasFailed: boolean;
}

/**
 * Asks one question after the other and never two at once: while one is under way only the newest of the others is kept,
 * so that a scrubber that is dragged asks as often as it is answered, and ends where it was let go.
 */
function useAsked<Question, Answer>(
  question: Question | undefined,
  key: string,
  ask: (question: Question) => Promise<Answer>,
): Asked<Answer> {
  const asker = useMemo(() => {
    const store = createStore<{ answer?: Answer; to?: string; hasFailed: boolean }>({ hasFailed: false });
    let waiting: { readonly question: Question; readonly key: string } | undefined;
    let isBusy = false;
    const next = async (wanted: { readonly question: Question; readonly key: string }): Promise<void> => {
      if (isBusy) {
        waiting = wanted;
        return;
      }
      isBusy = true;
      try {
        store.set({ answer: await ask(wanted.question), to: wanted.key, hasFailed: false });
      } catch {
        store.update((before) => ({ ...before, hasFailed: true }));
      }
      isBusy = false;
      const newest = waiting;
      waiting = undefined;
      if (newest !== undefined) await next(newest);
    };
    return { store, next };
  }, []);
  useEffect(() => {
    if (question !== undefined) void asker.next({ question, key });
  }, [key]);
  const { answer, to, hasFailed } = useStore(asker.store);
  return { answer, isCurrent: to === key, hasFailed };
}

/** Everybody as they were at a moment. */
export const useMoment = ({ client }: Connection, moment: Moment | undefined): Asked<PastMoment> =>
  useAsked(moment, moment === undefined ? "" : `${moment.at} ${moment.place ?? ""}`, ({ at, place }) =>
    client.machines.at.query(place === undefined ? { at } : { place }),
  );

const BUCKETS = 140;

/** How many transitions there were, over a span or over all that is stored; null where nothing is. */
export const useBounds = ({ client }: Connection, span: TimeSpan | undefined): Asked<TransitionBounds | null> =>
  useAsked(span ?? {}, span === undefined ? "all" : `${span.from} ${span.to}`, (within) =>
    client.machines.bounds.query({ ...within, buckets: BUCKETS }),
  );
