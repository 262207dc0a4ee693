import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { holdfastErrorOf } from "../../client/index.ts";

/** What was asked for: not there yet, there, or not to be had; what was there stays while it is asked for again. */
export interface Asked<Value> {
  readonly value: Value | undefined;
  readonly problem: string | undefined;
  /** Asks again now. */
  readonly again: () => void;
}

/**
 * Asks now, whenever `key` is another, and every so often while the page is seen.
 *
 * @param everyMs 0 for once
 */
export function useAsked<Value>(ask: () => Promise<Value>, key: string, everyMs = 0): Asked<Value> {
  const [answer, setAnswer] = useState<{ readonly key: string; readonly value?: Value; readonly problem?: string }>({
    key,
  });
  const latest = useRef(ask);
  latest.current = ask;
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((count) => count + 1), []);
  useEffect(() => {
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const once = async (): Promise<void> => {
      if (!document.hidden) {
        const next = await latest.current().then(
          (value) => ({ key, value }),
          (error: unknown) => ({ key, problem: problemText(error) }),
        );
        if (!isCurrent) return;
        setAnswer((before) => ("value" in next || before.key !== key ? next : { ...before, ...next }));
      }
      if (isCurrent && everyMs > 0) timer = setTimeout(() => void once(), everyMs);
    };
    void once();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [key, everyMs, round]);
  const isOfKey = answer.key === key;
  return {
    value: isOfKey ? answer.value : undefined,
    problem: isOfKey ? answer.problem : undefined,
    again,
  };
}

/** In the server's own words where it had any. */
export const problemText = (error: unknown): string =>
  holdfastErrorOf(error)?.message ?? "The server did not answer. It is asked again as soon as it does.";
