import type { ChangeFeed, FeedItem } from "../src/degradation/change-feed.ts";
import { HoldfastError } from "../src/errors.ts";

/** A feed for one subscriber. @throws HoldfastError `too_many_subscribers` */
export function follow<Change>(
  feed: ChangeFeed<Change>,
  lastEventId: string | null | undefined,
  signal: AbortSignal | undefined,
): AsyncIterable<FeedItem<Change>> {
  if (!feed.takesReaders)
    throw new HoldfastError("too_many_subscribers", "Too many are watching at the moment; try again later.", {
      retryable: true,
    });
  return feed.read(lastEventId ?? undefined, signal ?? new AbortController().signal);
}
