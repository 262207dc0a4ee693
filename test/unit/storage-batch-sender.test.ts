import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import { describe, expect, test, vi } from "vitest";
import { defaultConfig } from "../../config/presets.ts";
import { silentLogger } from "../../src/ports.ts";
import type { Acceptance } from "../../src/queue/journal.ts";
import { BatchSender } from "../../src/storage/batch-sender.ts";
import { ACCEPT, type Batch, type Reply, type WriterRequest } from "../../src/storage/protocol.ts";
import { WriterThread } from "../../src/storage/writer-thread.ts";

/** A writer thread that answers when it is told to. */
class SlowWriter extends EventEmitter {
  readonly batches: Batch[] = [];

  postMessage(request: WriterRequest): void {
    if ("batch" in request) this.batches.push(request.batch);
    else this.emit("exit", 0);
  }

  answer(changes: Partial<Reply> = {}): void {
    const batch = this.batches.at(-1) as Batch;
    const done: Reply = {
      accepted: batch.acceptances.filter((_, place) => place % ACCEPT.width === 0).map(() => 0),
      duplicates: [],
      endsNotOwned: [],
      rowsNotOwned: [],
      administration: [],
      retries: [],
      claims: [],
      expired: [],
      closing: [],
      counts: { pools: [], bytes: 0 },
      nextDue: null,
      ...changes,
    };
    this.emit("message", { done });
  }

  fail(): void {
    this.emit("message", { failed: { code: "storage_full", message: "full", retryable: true } });
  }
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

const acceptance = (sequence: number): Acceptance => ({
  sequence,
  operationId: `op_${sequence}`,
  pool: 1,
  definition: 1,
  priority: 2,
  lane: null,
  principal: "p",
  acceptedAt: 1,
  expiresAt: 2,
  input: "{}",
  wants: "ready",
});

function open(commitRows = 4_096) {
  const writer = new SlowWriter();
  const onLost = vi.fn<(error: Error) => void>();
  const thread = new WriterThread(writer as unknown as Worker, {
    settings: { ...defaultConfig.storage, maximumRestarts: 0 },
    now: () => 1,
    start: () => {
      throw new Error("it is not to be started anew");
    },
  });
  const sender = new BatchSender(thread, {
    queue: { ...defaultConfig.queue, commitRows },
    now: () => 1,
    nextDue: null,
    logger: silentLogger,
    onReply: () => undefined,
    onLost,
  });
  const sequencesOf = (batch: Batch | undefined): unknown[] =>
    (batch?.acceptances ?? []).filter((_, place) => place % ACCEPT.width === 0);
  return { writer, sender, onLost, sequencesOf };
}

describe("natural group commit", () => {
  test("what is asked for in one tick rides together, and one batch is in flight at a time", async () => {
    const { writer, sender, sequencesOf } = open();
    const first = [sender.accept(acceptance(1)), sender.accept(acceptance(2))];
    await tick();
    const second = [sender.accept(acceptance(3)), sender.accept(acceptance(4))];
    await tick();
    expect(writer.batches.map(sequencesOf)).toEqual([[1, 2]]);
    writer.answer();
    expect(await Promise.all(first)).toEqual([{ state: "ready" }, { state: "ready" }]);
    await tick();
    expect(writer.batches.map(sequencesOf)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    writer.answer();
    await Promise.all(second);
  });

  test("nobody is answered before the commit", async () => {
    const { writer, sender } = open();
    const answered = vi.fn<() => void>();
    void sender.accept(acceptance(1)).then(answered);
    await tick();
    expect(answered).not.toHaveBeenCalled();
    writer.answer();
    await tick();
    expect(answered).toHaveBeenCalledOnce();
  });

  test("a full batch is followed by another one, in order", async () => {
    const { writer, sender, sequencesOf } = open(2);
    const all = [1, 2, 3, 4, 5].map((sequence) => sender.accept(acceptance(sequence)));
    for (let batch = 0; batch < 3; batch += 1) {
      await tick();
      writer.answer();
    }
    await Promise.all(all);
    expect(writer.batches.map(sequencesOf)).toEqual([[1, 2], [3, 4], [5]]);
  });

  test("a failed batch rejects everyone in it; transitions wait for the next request instead of asking again", async () => {
    const { writer, sender } = open();
    const refused = sender.accept(acceptance(1));
    sender.recordTransition({ at: 1, machine: "m", from: "a", to: "b", event: "e", cause: "{}" });
    await tick();
    writer.fail();
    await expect(refused).rejects.toMatchObject({ code: "storage_full", retryable: true });
    await tick();
    expect(writer.batches).toHaveLength(1);
    const next = sender.accept(acceptance(2));
    await tick();
    expect(writer.batches.at(-1)?.transitions).toHaveLength(1);
    writer.answer();
    await next;
  });

  test("when the thread is lost everyone is told, now and from then on", async () => {
    const { writer, sender, onLost } = open();
    const inFlight = sender.accept(acceptance(1));
    await tick();
    const waiting = sender.accept(acceptance(2));
    writer.emit("error", new Error("out of memory"));
    // The first may be on disk, the second was never sent.
    await expect(inFlight).rejects.toMatchObject({ code: "writer_lost", retryable: false });
    await expect(waiting).rejects.toMatchObject({ code: "writer_lost", retryable: true });
    await expect(sender.finishRun(1, true)).rejects.toMatchObject({ code: "writer_lost" });
    expect(onLost).toHaveBeenCalledOnce();
    writer.emit("exit", 1);
    expect(onLost).toHaveBeenCalledOnce();
  });
});
