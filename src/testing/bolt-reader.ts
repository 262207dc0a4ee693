/*
 * As little of the Bolt protocol as is needed to follow a conversation: where messages end, what kind each is, and
 * which answer belongs to which request. Handshake: https://neo4j.com/docs/bolt/current/bolt/handshake/
 */

export const COMMIT = 0x12;
export const SUCCESS = 0x70;

const RECORD = 0x71;
const GOODBYE = 0x02;

/** Versions offered by a client: the magic and four of four bytes. */
const CLIENT_HANDSHAKE_BYTES = 20;
/** The server answers with this instead of a version when it lists all it has ("manifest"). */
const MANIFEST = 0x00_00_01_ff;

/** Finds the messages in one direction's bytes, and tells their signatures. */
class ChunkReader {
  #buffer = Buffer.alloc(0);
  #signature: number | undefined;

  read(bytes: Buffer): readonly number[] {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    const signatures: number[] = [];
    while (this.#buffer.length >= 2) {
      const size = this.#buffer.readUInt16BE(0);
      if (this.#buffer.length < 2 + size) break;
      // A message's first chunk begins with the structure's marker and its signature; an empty chunk ends it.
      if (size > 1) this.#signature ??= this.#buffer[3];
      this.#buffer = this.#buffer.subarray(2 + size);
      if (size > 0) continue;
      // An empty chunk between messages is the server saying that it lives.
      if (this.#signature !== undefined) signatures.push(this.#signature);
      this.#signature = undefined;
    }
    return signatures;
  }
}

export interface BoltAnswer {
  /** Signatures: of the request, and of its final answer. */
  readonly request: number;
  readonly answer: number;
}

/** Follows one connection. Feed it the bytes of both directions in the order in which they came. */
export class BoltConversation {
  #fromClient = Buffer.alloc(0);
  #fromServer = Buffer.alloc(0);
  #clientReader: ChunkReader | undefined;
  #serverReader: ChunkReader | undefined;
  /** Requests without their final answer, the oldest first. */
  readonly #unanswered: number[] = [];

  client(bytes: Buffer): void {
    if (this.#clientReader !== undefined) return this.#note(this.#clientReader.read(bytes));
    this.#fromClient = Buffer.concat([this.#fromClient, bytes]);
    this.#finishHandshake();
  }

  /** The final answers among these bytes, each with the request that it answers. */
  server(bytes: Buffer): readonly BoltAnswer[] {
    if (this.#serverReader !== undefined) return this.#match(this.#serverReader.read(bytes));
    this.#fromServer = Buffer.concat([this.#fromServer, bytes]);
    const length = serverHandshakeBytes(this.#fromServer);
    if (length === undefined) return [];
    this.#serverReader = new ChunkReader();
    this.#finishHandshake();
    return this.#match(this.#serverReader.read(this.#fromServer.subarray(length)));
  }

  #finishHandshake(): void {
    if (this.#serverReader === undefined) return;
    const length = clientHandshakeBytes(this.#fromClient, this.#fromServer);
    if (length === undefined) return;
    this.#clientReader = new ChunkReader();
    this.#note(this.#clientReader.read(this.#fromClient.subarray(length)));
  }

  #note(requests: readonly number[]): void {
    for (const signature of requests) if (signature !== GOODBYE) this.#unanswered.push(signature);
  }

  #match(answers: readonly number[]): readonly BoltAnswer[] {
    return answers.flatMap((answer) => {
      if (answer === RECORD) return [];
      const request = this.#unanswered.shift();
      return request === undefined ? [] : [{ request, answer }];
    });
  }
}

/** Undefined while bytes are missing. */
function serverHandshakeBytes(bytes: Buffer): number | undefined {
  if (bytes.length < 4) return undefined;
  if (bytes.readUInt32BE(0) !== MANIFEST) return 4;
  const count = readVarint(bytes, 4);
  if (count === undefined) return undefined;
  return readVarint(bytes, count.end + count.value * 4)?.end;
}

function clientHandshakeBytes(client: Buffer, server: Buffer): number | undefined {
  if (client.length < CLIENT_HANDSHAKE_BYTES) return undefined;
  if (server.readUInt32BE(0) !== MANIFEST) return CLIENT_HANDSHAKE_BYTES;
  // The client then names the version it takes and the capabilities it wants.
  return readVarint(client, CLIENT_HANDSHAKE_BYTES + 4)?.end;
}

function readVarint(bytes: Buffer, start: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let index = start; index < bytes.length; index++) {
    const byte = bytes[index]!;
    value += (byte & 0x7f) * 2 ** (7 * (index - start));
    if (byte < 0x80) return { value, end: index + 1 };
  }
  return undefined;
}
