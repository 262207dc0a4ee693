import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChangeFeed, type FeedItem, type FeedStore } from "../../src/degradation/change-feed.ts";
import type { FeedPlace } from "../../src/storage/reads/transition-places.ts";

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

describe("a feed over a store", () => {
  const stored = (places: readonly (readonly [process: number, number: number])[]): FeedStore<number> => {
    const entries = places.map(([process, number]) => ({
      place: { process, number },
      change: process * 1_000 + number,
    }));
    const isAfter = (a: FeedPlace, b: FeedPlace) =>
      a.process > b.process || (a.process === b.process && a.number > b.number);
    return {
      after: async (place, limit) => entries.filter((entry) => isAfter(entry.place, place)).slice(0, limit),
      count: async (after, before) =>
        entries.filter((entry) => isAfter(entry.place, after) && isAfter(before, entry.place)).length,
    };
  };
  const upTo = (process: number, last: number) =>
    Array.from({ length: last }, (_, index) => [process, index + 1] as const);

  test("gives what it has forgotten, and what earlier processes told, before what it keeps", async () => {
    const changes = new ChangeFeed<number>(7, { entries: 3, readers: 2 }, stored([...upTo(6, 2), ...upTo(7, 5)]));
    for (const [, number] of upTo(7, 5)) changes.tell(7_000 + number);
    changes.close();
    const items = await all(changes.read("6.1", new AbortController().signal));
    expect(items.map(({ id }) => id)).toEqual(["6.2", "7.1", "7.2", "7.3", "7.4", "7.5"]);
    expect(items.every((item) => "change" in item)).toBe(true);
  });

  test("says how many are neither kept nor stored, where they are missing", async () => {
    const changes = new ChangeFeed<number>(
      7,
      { entries: 2, readers: 2 },
      stored([
        [7, 1],
        [7, 4],
      ]),
    );
    for (const [, number] of upTo(7, 8)) changes.tell(7_000 + number);
    changes.close();
    expect(await all(changes.read("7.1", new AbortController().signal))).toEqual([
      { id: "7.3", missed: 2 },
      { id: "7.4", change: 7_004 },
      { id: "7.6", missed: 2 },
      { id: "7.7", change: 7_007 },
      { id: "7.8", change: 7_008 },
    ]);
  });

  test("reads no year of it: who is too far behind is told how far, and goes on with what is kept", async () => {
    const changes = new ChangeFeed<number>(7, { entries: 2, readers: 2 }, stored(upTo(7, 12_000)));
    for (const [, number] of upTo(7, 12_000)) changes.tell(7_000 + number);
    changes.close();
    const items = await all(changes.read("7.1", new AbortController().signal));
    expect(items.map((item) => ("missed" in item ? item.missed : item.id))).toEqual([11_997, "7.11999", "7.12000"]);
  });

  test("has no gap and no double when more is told while it is read from the store", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 6 }), async (before, entries) => {
        const told: number[] = [];
        const source: FeedStore<number> = {
          async after({ number }, limit) {
            // Two more each time that somebody reads.
            for (const change of [told.length + 1, told.length + 2]) if (told.length < before + 20) tell(change);
            await Promise.resolve();
            return told
              .slice(number, Math.max(number, told.length - 1))
              .slice(0, limit)
              .map((change) => ({ place: { process: 7, number: change }, change }));
          },
          count: async (after, until) => until.number - after.number - 1,
        };
        const changes = new ChangeFeed<number>(7, { entries, readers: 1 }, source);
        const tell = (change: number) => {
          told.push(change);
          changes.tell(change);
        };
        for (let change = 1; change <= before; change += 1) tell(change);
        const reading = changes.read("7.0", new AbortController().signal);
        const items: FeedItem<number>[] = [];
        for await (const item of reading) {
          items.push(item);
          if (items.length >= told.length) changes.close();
        }
        const numbers = items.map(({ id }) => Number(id.split(".")[1]));
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        // Every number is there, or told as missed.
        expect(items.reduce((sum, item) => sum + ("missed" in item ? item.missed : 1), 0)).toBe(numbers.at(-1));
      }),
    );
  });
});
