import { describe, expect, test } from "vitest";
import { BoltConversation, COMMIT, SUCCESS } from "../../src/testing/bolt-reader.ts";

const MAGIC = [0x60, 0x60, 0xb0, 0x17];
const RUN = 0x10;
const PULL = 0x3f;
const GOODBYE = 0x02;
const RECORD = 0x71;

/** One message without fields, in one chunk. */
const message = (signature: number): number[] => [0, 2, 0xb0, signature, 0, 0];

const clientHandshake = [...MAGIC, 0, 0, 1, 0xff, 0, 8, 8, 5, 0, 0, 4, 4, 0, 0, 0, 3];
/** Three versions and no capabilities; the client answers with its choice. */
const manifest = [0, 0, 1, 0xff, 3, 0, 0, 8, 5, 0, 0, 4, 4, 0, 0, 0, 3, 0];
const choice = [0, 0, 8, 5, 0];

/** Feeds bytes in pieces, as a network does. */
function feed(
  take: (bytes: Buffer) => readonly unknown[] | void,
  bytes: readonly number[],
  pieceBytes: number,
): unknown[] {
  const told: unknown[] = [];
  for (let start = 0; start < bytes.length; start += pieceBytes)
    told.push(...(take(Buffer.from(bytes.slice(start, start + pieceBytes))) ?? []));
  return told;
}

describe("the Bolt reader", () => {
  test.each([1, 3, 7, 1_000])(
    "pairs answers with requests, in pieces of %s bytes, after either handshake",
    (pieceBytes) => {
      for (const [server, rest] of [
        [manifest, choice],
        [[0, 0, 4, 4], []],
      ] as const) {
        const conversation = new BoltConversation();
        const client = (bytes: readonly number[]) => feed((piece) => conversation.client(piece), bytes, pieceBytes);
        const answers = (bytes: readonly number[]) => feed((piece) => conversation.server(piece), bytes, pieceBytes);
        client(clientHandshake);
        expect(answers(server)).toEqual([]);
        client([...rest, ...message(RUN), ...message(PULL), ...message(COMMIT)]);
        expect(answers([...message(SUCCESS), ...message(RECORD), ...message(RECORD), ...message(SUCCESS)])).toEqual([
          { request: RUN, answer: SUCCESS },
          { request: PULL, answer: SUCCESS },
        ]);
        expect(answers(message(SUCCESS))).toEqual([{ request: COMMIT, answer: SUCCESS }]);
      }
    },
  );

  test("knows that a farewell has no answer, and that an empty chunk is only a sign of life", () => {
    const conversation = new BoltConversation();
    conversation.client(Buffer.from(clientHandshake));
    conversation.server(Buffer.from([0, 0, 4, 4]));
    conversation.client(Buffer.from([...message(GOODBYE), ...message(COMMIT)]));
    expect(conversation.server(Buffer.from([0, 0, 0, 0, ...message(SUCCESS)]))).toEqual([
      { request: COMMIT, answer: SUCCESS },
    ]);
  });

  test("reads a message of several chunks as one, whatever its content looks like", () => {
    const conversation = new BoltConversation();
    conversation.client(Buffer.from(clientHandshake));
    conversation.server(Buffer.from([0, 0, 4, 4]));
    conversation.client(Buffer.from([0, 3, 0xb1, RUN, 0x80, 0, 4, 0xb0, COMMIT, 0, 0, 0, 0, ...message(COMMIT)]));
    const answers = conversation.server(Buffer.from([...message(SUCCESS), ...message(SUCCESS)]));
    expect(answers.map(({ request }) => request)).toEqual([RUN, COMMIT]);
  });
});
