import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChangeFeed, type FeedItem } from "../../src/degradation/change-feed.ts";

const feed = (entries = 4, readers = 2) => new ChangeFeed<number>(7, { entries, readers });

async function take(items: AsyncIterable<FeedItem<number>>, count: number): Promise<FeedItem<number>[]> {
  const taken: FeedItem<number>[] = [];
  for await (const item of items) if (taken.push(item) === count) break;
  return taken;
}

const all = (items: AsyncIterable<FeedItem<number>>) => take(items, Number.POSITIVE_INFINITY);

describe("a feed of changes", () => {
  test("gives what is told after the call, in order, though the reader begins later", async () => {
    const changes = feed();
    const reading = changes.read(undefined, new AbortController().signal);
    changes.tell(1);
    changes.tell(2);
    expect(await take(reading, 2)).toEqual([
      { id: "7.1", change: 1 },
      { id: "7.2", change: 2 },
    ]);
  });

  test("goes on after the last id, without gap or double, for one who reconnects", async () => {
    const changes = feed();
    for (const change of [1, 2, 3]) changes.tell(change);
    changes.close();
    expect(await all(changes.read("7.1", new AbortController().signal))).toEqual([
      { id: "7.2", change: 2 },
      { id: "7.3", change: 3 },
    ]);
  });

  test("says how many a reader missed that was away for too long", async () => {
    const changes = feed(2);
    for (const change of [1, 2, 3, 4, 5]) changes.tell(change);
    changes.close();
    expect(await all(changes.read("7.1", new AbortController().signal))).toEqual([
      { id: "7.3", missed: 2 },
      { id: "7.4", change: 4 },
      { id: "7.5", change: 5 },
    ]);
  });

  test("begins with all that is kept for one who was told by another process", async () => {
    const changes = feed();
    changes.tell(1);
    changes.close();
    for (const id of ["6.1", "nonsense", "7.99"])
      expect(await all(changes.read(id, new AbortController().signal))).toEqual([{ id: "7.1", change: 1 }]);
  });

  test("ends for a reader that gives up, and forgets it", async () => {
    const changes = feed(4, 1);
    const gaveUp = new AbortController();
    const reading = all(changes.read(undefined, gaveUp.signal));
    expect(changes.readers).toBe(1);
    expect(changes.takesReaders).toBe(false);
    gaveUp.abort();
    expect(await reading).toEqual([]);
    expect(changes.takesReaders).toBe(true);
  });

  test("accounts for every change, whatever is told and read in between", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(6), { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), async (bursts, kept) => {
        const changes = feed(kept);
        const reading = changes.read(undefined, new AbortController().signal)[Symbol.asyncIterator]();
        let told = 0;
        let accounted = 0;
        for (const burst of bursts) {
          for (let each = 0; each < burst; each += 1) changes.tell((told += 1));
          if (told === accounted) continue;
          const { value } = await reading.next();
          if ("missed" in value) accounted += value.missed;
          else expect(value.change).toBe((accounted += 1));
        }
        changes.close();
        for (let next = await reading.next(); next.done !== true; next = await reading.next())
          accounted += "missed" in next.value ? next.value.missed : 1;
        expect(accounted).toBe(told);
      }),
    );
  });
});
