import { useEffect, useState } from "preact/hooks";
import { onNextFrame } from "./frames.ts";

/** A value that changes, for parts of the page that show it. */
export interface Store<Value> {
  get(): Value;
  readonly set: (value: Value) => void;
  update(change: (value: Value) => Value): void;
  /** @returns stops listening */
  subscribe(listener: () => void): () => void;
}

export function createStore<Value>(first: Value): Store<Value> {
  let current = first;
  const listeners = new Set<() => void>();
  const set = (value: Value): void => {
    if (Object.is(value, current)) return;
    current = value;
    for (const listener of listeners) listener();
  };
  return {
    get: () => current,
    set,
    update: (change) => set(change(current)),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The store's value. However often it changes, the page is drawn once a frame. */
export function useStore<Value>(store: Store<Value>): Value {
  const [, redraw] = useState(0);
  useEffect(() => {
    const draw = (): void => redraw((count) => count + 1);
    // It may have changed between the first drawing and now.
    draw();
    return store.subscribe(() => onNextFrame(draw));
  }, [store]);
  return store.get();
}
