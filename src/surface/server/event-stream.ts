import { Readable } from "node:stream";
import { isTrackedEnvelope } from "@trpc/server";
import { LIMITS } from "./limits.ts";

/**
 * A subscription as server-sent events: one `data:` of JSON per item, with the id by which a reader that comes back
 * says where it was. A reader that stands still holds up nobody: what is not read waits at the feed, which counts
 * what it had to let go.
 *
 * @param told what a reader is told when the items end with an error
 */
export function eventStream(items: AsyncIterable<unknown>, told: (error: unknown) => unknown): Readable {
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
    if (stream.readableLength === 0) stream.push(": ping\n\n");
  }, LIMITS.pingEveryMs);
  ping.unref();
  // At once, so that the headers go out and the reader knows that it listens.
  stream.push(`retry: ${LIMITS.reconnectAfterMs}\n\n`);
  void pump();
  return stream;

  async function pump(): Promise<void> {
    try {
      for await (const item of items) {
        drained = Promise.withResolvers();
        if (stream.destroyed) return;
        if (!stream.push(eventText(item))) await drained.promise;
      }
    } catch (error) {
      if (!stream.destroyed) stream.push(`event: error\ndata: ${JSON.stringify(told(error))}\n\n`);
    } finally {
      clearInterval(ping);
      if (!stream.destroyed) stream.push(null);
    }
  }
}

function eventText(item: unknown): string {
  if (!isTrackedEnvelope<unknown>(item)) return `data: ${JSON.stringify(item)}\n\n`;
  const [id, data] = item;
  return `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
