import { connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FaultProxy, startFaultProxy } from "../../src/testing/fault-proxy.ts";

/** A server that sends back what it gets, in upper case. */
async function startEcho(): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("data", (bytes: Buffer) => socket.write(bytes.toString().toUpperCase()));
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: address.port, close };
}

class Client {
  received = "";
  /** The error's code, or `closed`. */
  ended: string | undefined;
  readonly socket: Socket;

  constructor({ host, port }: FaultProxy) {
    this.socket = connect({ host, port });
    this.socket.on("data", (bytes: Buffer) => (this.received += bytes.toString()));
    this.socket.on("error", (error: NodeJS.ErrnoException) => (this.ended = error.code));
    this.socket.on("close", () => (this.ended ??= "closed"));
  }

  async until(what: string, isSo: () => boolean): Promise<void> {
    const deadline = performance.now() + 5_000;
    while (!isSo()) {
      if (performance.now() > deadline)
        throw new Error(`waited for ${what}; received ${JSON.stringify(this.received)}, ended ${this.ended}`);
      await pause(5);
    }
  }

  async says(text: string): Promise<void> {
    await this.until(text, () => this.received === text);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("the fault proxy", () => {
  let echo: Awaited<ReturnType<typeof startEcho>>;
  let proxy: FaultProxy;
  beforeEach(async () => {
    echo = await startEcho();
    proxy = await startFaultProxy({ target: { host: "127.0.0.1", port: echo.port } });
  });
  afterEach(async () => {
    await proxy.close();
    echo.close();
  });

  test("passes bytes both ways and notes when connections came", async () => {
    const before = Date.now();
    const client = new Client(proxy);
    client.socket.write("hello");
    await client.says("HELLO");
    expect(proxy.connections).toBe(1);
    expect(proxy.log).toMatchObject([{ accepted: true }]);
    expect(proxy.log[0]!.at).toBeGreaterThanOrEqual(before);
    expect(proxy.log[0]!.at).toBeLessThanOrEqual(Date.now());
    client.socket.destroy();
    await client.until("the proxy to forget it", () => proxy.connections === 0);
  });

  test("a cut breaks what is open and turns away what comes, until it is restored", async () => {
    const open = new Client(proxy);
    open.socket.write("a");
    await open.says("A");
    proxy.cut();
    await open.until("the cut", () => open.ended === "ECONNRESET");
    const late = new Client(proxy);
    await late.until("the refusal", () => late.ended !== undefined);
    expect(proxy.log.map(({ accepted }) => accepted)).toEqual([true, false]);
    proxy.restore();
    const again = new Client(proxy);
    again.socket.write("b");
    await again.says("B");
  });

  test("a stall stops every byte, of old and new connections, and breaks none; nothing is lost when it ends", async () => {
    const open = new Client(proxy);
    open.socket.write("a");
    await open.says("A");
    proxy.stall();
    open.socket.write("b");
    const late = new Client(proxy);
    late.socket.write("c");
    await pause(200);
    expect([open.received, open.ended, late.received, late.ended]).toEqual(["A", undefined, "", undefined]);
    proxy.restore();
    await open.says("AB");
    await late.says("C");
  });

  test("a reset breaks what is open once, and new connections work", async () => {
    const open = new Client(proxy);
    open.socket.write("a");
    await open.says("A");
    proxy.reset();
    await open.until("the reset", () => open.ended === "ECONNRESET");
    const again = new Client(proxy);
    again.socket.write("b");
    await again.says("B");
  });

  test("a delay is felt in each direction, and bytes keep their order when it goes", async () => {
    const client = new Client(proxy);
    client.socket.write("a");
    await client.says("A");
    proxy.delay(100);
    const startedAt = performance.now();
    client.socket.write("b");
    await pause(20);
    proxy.delay(0);
    client.socket.write("c");
    await client.says("ABC");
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95);
  });

  test("takes the port that it is given", async () => {
    const { port } = proxy;
    await proxy.close();
    proxy = await startFaultProxy({ target: { host: "127.0.0.1", port: echo.port }, port });
    expect(proxy.port).toBe(port);
  });

  test("a target that is gone ends the client's connection", async () => {
    echo.close();
    await pause(20);
    const client = new Client(proxy);
    await client.until("the end", () => client.ended !== undefined);
  });
});
