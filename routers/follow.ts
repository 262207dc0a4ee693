import { tracked, type TrackedEnvelope } from "@trpc/server";
import type { ChangeFeed, FeedItem } from "../src/degradation/change-feed.ts";
import { HoldfastError } from "../src/errors.ts";

/**
 * A feed for one subscriber, in the words of the wire. It refuses at the call and not at the first item: what a
 * generator throws later is told to nobody as what it is.
 *
 * @throws HoldfastError `too_many_subscribers`
 */
export function follow<Change, Wire>(
  feed: ChangeFeed<Change>,
  toWire: (item: FeedItem<Change>) => Wire,
  lastEventId: string | null | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrackedEnvelope<Wire>> {
  if (!feed.takesReaders)
    throw new HoldfastError("too_many_subscribers", "Too many are watching at the moment; try again later.", {
      retryable: true,
    });
  return inWords(feed.read(lastEventId ?? undefined, signal ?? new AbortController().signal), toWire);
}

async function* inWords<Change, Wire>(
  items: AsyncIterable<FeedItem<Change>>,
  toWire: (item: FeedItem<Change>) => Wire,
): AsyncGenerator<TrackedEnvelope<Wire>> {
  for await (const item of items) yield tracked(item.id, toWire(item));
}
