/** Adds at the end and lets the oldest go beyond `bound`: nothing in the page grows with time. */
export function appended<Item>(items: readonly Item[], added: readonly Item[], bound: number): readonly Item[] {
  const all = [...items, ...added];
  return all.length > bound ? all.slice(all.length - bound) : all;
}
