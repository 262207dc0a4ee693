/**
 * What the writer remembers changes together with what it writes, and must be taken back together with it: each
 * change notes its opposite here, and a batch that rolls back plays them backwards.
 */
export class UndoLog {
  readonly #steps: (() => void)[] = [];

  push(step: () => void): void {
    this.#steps.push(step);
  }

  set<Key, Item>(map: Map<Key, Item>, key: Key, item: Item): void {
    const before = map.get(key);
    this.#steps.push(before === undefined ? () => map.delete(key) : () => map.set(key, before));
    map.set(key, item);
  }

  delete<Key, Item>(map: Map<Key, Item>, key: Key): void {
    const before = map.get(key);
    if (before === undefined) return;
    this.#steps.push(() => map.set(key, before));
    map.delete(key);
  }

  commit(): void {
    this.#steps.length = 0;
  }

  rollback(): void {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) step();
  }
}
