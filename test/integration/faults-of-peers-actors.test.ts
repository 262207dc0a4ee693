import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Random } from "../../src/index.ts";
import { temporaryFolder } from "../support/ledger.ts";
import { lose, runtimeOver, search } from "./search-fixture.ts";

/** As faults-of-peers.test.ts, of what lives on: actors, timers and threads. */
describe("an actor that throws", () => {
  /** Two dependencies; the breaker of the first falls in its next step. */
  async function falling() {
    let throws = false;
    const random: Random = {
      next() {
        if (throws) throw new TypeError("not by design");
        return 0;
      },
    };
    const [first, second] = [search("search"), search("mail")];
    const world = await runtimeOver([first, second], { random });
    await lose(world.runtime, first);
    first.probe = () => Promise.reject(new Error("still down"));
    throws = true;
    await world.clock.advance(10_000);
    throws = false;
    first.probe = () => {};
    const actor = (id: string) => world.runtime.status().control.actors.find((each) => each.id === id)!;
    return { ...world, first, second, actor };
  }

  test("is started again, and its siblings never notice", async () => {
    const { runtime, clock, second, actor, state } = await falling();
    expect(actor("breaker:search")).toMatchObject({ state: "fallen", falls: 1 });
    expect(actor("breaker:mail")).toMatchObject({ state: "closed", falls: 0 });
    expect(await runtime.call(second.dependency, () => "sent")).toEqual({ status: "completed", value: "sent" });
    await clock.advance(100);
    expect(state("search")).toBe("closed");
    expect(second.probes).toBe(1);
  });

  test("lets its dependency's calls be refused meanwhile, not hang", async () => {
    const { runtime, first } = await falling();
    expect(await runtime.call(first.dependency, () => "never called")).toMatchObject({
      status: "refused",
      reason: "unavailable",
    });
  });

  test("has what is sent to it meanwhile refused aloud, not dropped", async () => {
    const { runtime, clock } = await falling();
    const reset = () => runtime.degradation.resetDependency("search", { reason: "try it" });
    expect(reset()).toEqual({ status: "unavailable", state: "ownerless" });
    await clock.advance(100);
    expect(reset()).toEqual({ status: "already_closed", state: "closed" });
  });
});

describe("a storm of failures", () => {
  test("sends a bounded number of messages to the actors, whatever its size", async () => {
    const each = search();
    const { runtime, state } = await runtimeOver([each], {
      config: { breaker: { consecutiveFailures: 5 }, concurrency: { limit: 20_000, slowStartMs: 0 } },
    });
    let told = 0;
    runtime.on("transition", () => (told += 1));
    runtime.on("policy", () => (told += 1));
    const down = Promise.withResolvers<never>();
    const calls = Array.from({ length: 10_000 }, () => runtime.call(each.dependency, () => down.promise));
    down.reject(new Error("down"));
    const outcomes = await Promise.all(calls);
    expect(outcomes.every(({ status }) => status === "failed")).toBe(true);
    expect(state()).toBe("open");
    expect(told).toBeLessThan(20);
  });
});

describe("a stopped runtime", () => {
  test("leaves no timer, thread or connection: the process ends by itself", async () => {
    const script = fileURLToPath(new URL("./stopped-process.ts", import.meta.url));
    const child = spawn(process.execPath, [script, join(temporaryFolder(), "data")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stdout.on("data", (text) => (said += String(text)));
    const [code] = (await once(child, "close")) as [number | null];
    expect(JSON.parse(said)).toEqual({ breaker: "open", keepAlive: [] });
    expect(code).toBe(0);
  });
});
