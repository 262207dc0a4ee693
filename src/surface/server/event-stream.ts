import { Readable } from "node:stream";
import { isTrackedEnvelope } from "@trpc/server";
import { LIMITS } from "./limits.ts";

/** How a subscription is written: what its readers know as its beginning, its items, its silence and its end. */
export interface EventWords {
  readonly hello: string;
  /** In silence, so that whoever reads knows that the connection lives. */
  readonly ping: string;
  /** What a reader is told when the items end with an error. */
  readonly error: (error: unknown) => string;
  /** When they end otherwise. */
  readonly bye?: string;
}

/** Plain server-sent events, as anybody reads them. */
export const plainEvents = (told: (error: unknown) => unknown): EventWords => ({
  hello: `retry: ${LIMITS.reconnectAfterMs}\n\n`,
  ping: ": ping\n\n",
  error: (error) => `event: error\ndata: ${JSON.stringify(told(error))}\n\n`,
});

/**
 * A subscription as server-sent events: one `data:` of JSON per item, with the id by which a reader that comes back
 * says where it was. A reader that stands still holds up nobody: what is not read waits at the feed, which counts
 * what it had to let go.
 */
export function eventStream(items: AsyncIterable<unknown>, words: EventWords): Readable {
  let drained = Promise.withResolvers<void>();
  const stream = new Readable({
    read() {
      drained.resolve();
    },
    destroy(error, done) {
      clearInterval(ping);
      drained.resolve();
      done(error);
    },
  });
  const ping = setInterval(() => {
    if (stream.readableLength === 0) stream.push(words.ping);
  }, LIMITS.pingEveryMs);
  ping.unref();
  // At once, so that the headers go out and the reader knows that it listens.
  stream.push(words.hello);
  void pump();
  return stream;

  async function pump(): Promise<void> {
    try {
      for await (const item of items) {
        drained = Promise.withResolvers();
        if (stream.destroyed) return;
        if (!stream.push(eventText(item))) await drained.promise;
      }
      if (!stream.destroyed && words.bye !== undefined) stream.push(words.bye);
    } catch (error) {
      if (!stream.destroyed) stream.push(words.error(error));
    } finally {
      clearInterval(ping);
      if (!stream.destroyed) stream.push(null);
    }
  }
}

/** A thousand subscribers get the same object: it is written for the first. */
const written = new WeakMap<object, string>();

function eventText(item: unknown): string {
  if (!isTrackedEnvelope<unknown>(item)) return `data: ${jsonText(item)}\n\n`;
  const [id, data] = item;
  return `id: ${id}\ndata: ${jsonText(data)}\n\n`;
}

function jsonText(data: unknown): string {
  if (typeof data !== "object" || data === null) return JSON.stringify(data);
  const known = written.get(data);
  if (known !== undefined) return known;
  const text = JSON.stringify(data);
  written.set(data, text);
  return text;
}
