import { describe, expect, test } from "vitest";
import { until } from "../support/ledger.ts";
import { SerialCaller } from "./serial-caller.ts";
import { ServedPlace, type ServedProcess } from "./served-process.ts";
import { storedAlerts, storedPath, storedTransitions } from "./stored-control.ts";

const SHED = "refused (shed)";
const HALF_AN_HOUR = 30 * 60_000;

interface PinAnswer {
  readonly status: string;
  readonly pin: { readonly mode: string; readonly until: number; readonly revision: number };
}

const pin = async (service: ServedProcess, forMs: number, more: object = {}): Promise<PinAnswer> => {
  const wish = { mode: "emergency_mode", reason: "the host is replaced", forMs, ...more };
  return (await service.mutate("degradation.pin", wish)) as PinAnswer;
};

describe("SIGKILL while a mode is pinned", () => {
  test("invariant 5: the pin holds for the first call that is answered again, and so does compare-and-set", async () => {
    const place = await ServedPlace.open();
    const first = await place.start();
    const caller = new SerialCaller(place.port, "low");
    await caller.saw("completed");
    const { pin: held } = await pin(first, HALF_AN_HOUR);
    // At once: what was answered is not to be lost.
    await first.kill();

    const second = place.begin();
    const answeredBefore = caller.answers.length;
    await caller.answered(5);
    expect(new Set(caller.answers.slice(answeredBefore).map(({ answer }) => answer))).toEqual(new Set([SHED]));
    expect(await second.status()).toMatchObject({ currentMode: "emergency_mode", pinState: "held", pin: held });
    expect(await pin(second, HALF_AN_HOUR)).toEqual({ status: "conflict", pin: held });
    expect(await pin(second, HALF_AN_HOUR, { replaces: held.revision + 1 })).toMatchObject({ status: "conflict" });
    const { pin: replaced } = await pin(second, HALF_AN_HOUR, {
      replaces: held.revision,
      mode: "selective_processing",
    });
    expect(replaced.revision).toBe(held.revision + 1);
    await second.kill();

    const third = await place.start();
    const release = (expected: number) => third.mutate("degradation.release", { reason: "replaced", expected });
    expect(await release(held.revision)).toMatchObject({ status: "conflict", pin: { revision: replaced.revision } });
    expect(await release(replaced.revision)).toEqual({ status: "released" });
    await third.kill();

    const fourth = await place.start();
    expect((await fourth.status()).pinState).toBe("free");
    expect(await fourth.steps()).not.toContain("emergency_mode pinned");
    expect((await pin(fourth, HALF_AN_HOUR)).pin.revision).toBe(replaced.revision + 1);
  });

  test("invariant 5: it warns once over a kill, ends at its time, and not before", async () => {
    const place = await ServedPlace.open({ pin: { warnBeforeMs: 2_000 } });
    const warnings = () => storedAlerts(place.dataDirectory, "pin");
    const first = await place.start();
    const { pin: held } = await pin(first, 3_000);
    await until("the warning to be on disk", () => warnings().length > 0);
    await first.kill();

    const second = place.begin();
    const caller = new SerialCaller(place.port, "low");
    await caller.answered(1);
    const { pinState } = await second.status();
    if (Date.now() < held.until) expect(pinState).toBe("expiring");
    await caller.saw("completed");
    await caller.stop();
    for (const { answer, answeredAt } of caller.answers) if (answeredAt < held.until) expect(answer).toBe(SHED);
    expect(storedPath(place.dataDirectory, "pin")).toEqual(["held", "expiring", "free"]);
    const ended = storedTransitions(place.dataDirectory, "pin").at(-1);
    expect(ended?.at).toBeGreaterThanOrEqual(held.until - 1);
    await until("the warning to be over", () => warnings().every(({ status }) => status === "resolved"));
    expect(warnings()).toMatchObject([{ occurrences: 1 }]);
  });

  test("invariant 5: it ended while nobody was there: the next process says when, and its first call runs", async () => {
    const place = await ServedPlace.open({ pin: { warnBeforeMs: 100 } });
    const first = await place.start();
    const { pin: held } = await pin(first, 1_000);
    await first.kill();
    await until("the pin's end", () => Date.now() > held.until);

    const second = place.begin();
    const caller = new SerialCaller(place.port, "low");
    await caller.answered(3);
    expect(caller.phases).toEqual(["completed"]);
    expect((await second.status()).pinState).toBe("free");
    await until("its end to be on disk", () => storedPath(place.dataDirectory, "pin").at(-1) === "free");
    const ended = storedTransitions(place.dataDirectory, "pin").at(-1);
    expect(Math.abs((ended?.at ?? 0) - held.until)).toBeLessThan(10);
  });

  test("invariant 5: a pin that is not on disk yet has not been answered", async () => {
    const place = await ServedPlace.open();
    const first = await place.start();
    const held = first.holdCommits();
    // Its calls bring the commit that stands; whatever is asked from then on comes after it.
    const caller = new SerialCaller(place.port, "normal");
    await held;
    let answer: unknown;
    const asked = pin(first, HALF_AN_HOUR).then((given) => (answer = given));
    await until("the pin to hold", async () => (await first.status()).pinState === "held");
    // One more round trip: an answer that was on its way has come by then.
    await first.status();
    expect(answer).toBeUndefined();
    await first.kill();
    void caller.stop();
    await asked;
    expect(answer).toBeUndefined();
  });
});

describe("SIGKILL after a person's order", () => {
  test("auto recovery that was switched off stays off", async () => {
    const place = await ServedPlace.open();
    const first = await place.start();
    const order = { enabled: false, reason: "by hand today" };
    expect(await first.mutate("degradation.switchAutoRecovery", order)).toMatchObject({ status: "disabled" });
    await first.kill();
    const second = await place.start();
    expect(await second.status()).toMatchObject({ autoRecovery: { enabled: false } });
  });
});
