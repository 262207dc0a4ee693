import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { machineDefinitions } from "../../src/control/inspect/machine-definition.ts";
import { serveKitchen } from "../integration/server-kitchen.ts";
import { hasChromium } from "../support/chromium.ts";
import { openAt } from "./open-at.ts";
import { useChromium } from "./open-console.ts";
import { violations } from "./violations.ts";

const PATIENTLY = { timeout: 20_000 };

type Kitchen = Awaited<ReturnType<typeof serveKitchen>>;

/** Loses the graph: three failed calls open its breaker. */
async function loseGraph({ faulty, server, operations: [record] }: Kitchen): Promise<void> {
  const opened = Promise.withResolvers<void>();
  const stop = server.runtime.on("transition", ({ machine, to }) => {
    if (machine === "breaker:graph" && to === "open") opened.resolve();
  });
  faulty.cut();
  for (let number = 0; number < 5; number += 1)
    await server.runtime.submit(record, { id: `fryer-${number}`, celsius: 177 }, { answerWithinMs: 50 });
  await opened.promise;
  stop();
}

const lit = (page: Page): Promise<readonly string[]> =>
  page
    .locator(".statechart-state.is-active")
    .evaluateAll((states) => states.map((state) => state.getAttribute("data-state") ?? ""));

describe.skipIf(!hasChromium())("the page of machines", () => {
  const { browser } = useChromium();

  test("draws every machine of the registry so that nothing hides anything", async () => {
    const { server } = await serveKitchen();
    const { page, complaints } = await openAt(browser(), server.url);
    const actorOf = (machine: string): string =>
      server.runtime.machines.actors().find((actor) => actor.machine === machine)?.id ?? machine;
    for (const { id, states, edges } of machineDefinitions) {
      await page.goto(`${server.url}/#/machines/${encodeURIComponent(actorOf(id))}`);
      await page.getByRole("heading", { level: 2, name: actorOf(id), exact: true }).waitFor();
      await page.locator(`[data-state="${states[0]?.id ?? ""}"]`).waitFor();
      expect(await page.locator("[data-state]:not([data-state='*'])").count()).toBe(states.length);
      const drawn = await page
        .locator("[data-edge]")
        .evaluateAll((labels) => [...new Set(labels.map((label) => label.getAttribute("data-edge") ?? ""))]);
      const moving = edges.filter(({ target, event }) => target !== null && event !== "resume");
      expect(drawn.toSorted()).toEqual(moving.map((edge) => edge.id).toSorted());
      expect([id, await hidden(page)]).toEqual([id, []]);
    }
    expect(complaints).toEqual([]);
  });

  test("lights the states that the runtime is in, through a real outage and back", async () => {
    const kitchen = await serveKitchen();
    const { server, faulty } = kitchen;
    const { page } = await openAt(browser(), server.url, { place: "#/machines/breaker%3Agraph" });
    await page.locator("[data-state='closed'].is-active").waitFor();

    await loseGraph(kitchen);
    await page.locator("[data-arrow='closed>open'].is-taken, [data-arrow='probing>open'].is-taken").first().waitFor();
    const isOpen = () => server.runtime.status().control.breakers[0]?.state !== "closed";
    expect(isOpen()).toBe(true);
    // A breaker that is open is probed again and again: what is lit is read between two equal answers of the runtime.
    await expect
      .poll(async () => {
        const before = server.runtime.machines.actor("breaker:graph")?.state;
        const shown = await lit(page);
        const after = server.runtime.machines.actor("breaker:graph")?.state;
        return JSON.stringify(before) === JSON.stringify(after) && JSON.stringify(shown) === JSON.stringify(after);
      }, PATIENTLY)
      .toBe(true);
    await page.locator("[data-actor='local_queue:graph']").getByText("queueing").waitFor();
    expect(server.runtime.machines.actor("local_queue:graph")?.state).toEqual(["queueing"]);

    faulty.restore();
    await page.locator("[data-state='closed'].is-active").waitFor();
    await page.locator("[data-actor='local_queue:graph']").getByText("dormant").waitFor();
    await expect
      .poll(async () => {
        const shown = await page
          .locator("[data-actor]")
          .evaluateAll((links) => links.map((link) => [link.getAttribute("data-actor"), link.lastChild?.textContent]));
        const is = new Map(server.runtime.machines.actors().map((actor) => [actor.id, actor.state.at(-1)]));
        return shown
          .filter(([id]) => id !== null && id !== undefined && is.has(id))
          .every(([id, state]) => state === is.get(id ?? "")?.replaceAll("_", " "));
      }, PATIENTLY)
      .toBe(true);
  });

  test("says why, what is possible now and what its guards say, and who is concerned too", async () => {
    const kitchen = await serveKitchen({ config: { breaker: { initialBreakMs: 60_000, maximumBreakMs: 60_000 } } });
    const { server } = kitchen;
    await loseGraph(kitchen);
    const { page } = await openAt(browser(), server.url, {
      place: "#/machines/incident%3Adependency_unavailable%3Agraph",
    });
    const possible = server.runtime.machines.actor("incident:dependency_unavailable:graph")?.events ?? [];
    const guards = possible.flatMap(({ edges }) => edges).filter(({ guard }) => guard !== undefined);
    expect(guards.length).toBeGreaterThan(0);
    for (const { edge, holds } of guards) {
      const words = holds === true ? "holds now" : holds === false ? "does not hold now" : "depends on the event";
      await page.locator(`[data-possible-edge="${edge}"]`).first().getByText(words).waitFor();
    }
    await page
      .getByRole("region", { name: "Why" })
      .getByText(/failures in a row|a probe failed/)
      .first()
      .waitFor();

    await page.getByRole("region", { name: "Related" }).getByRole("link", { name: "breaker:graph" }).click();
    await page.locator("[data-state='open'].is-active").waitFor();
    await page.getByText(/its time ends in/).waitFor();
  });

  test("flashes the edge that was taken, and where motion is not wanted only marks it", async () => {
    for (const reducedMotion of ["no-preference", "reduce"] as const) {
      const kitchen = await serveKitchen({ config: { breaker: { initialBreakMs: 60_000, maximumBreakMs: 60_000 } } });
      const { page } = await openAt(browser(), kitchen.server.url, {
        place: "#/machines/breaker%3Agraph",
        reducedMotion,
      });
      await page.locator("[data-state='closed'].is-active").waitFor();
      await page.evaluate(() => {
        document.addEventListener("animationstart", ({ animationName }) => {
          document.body.dataset["flashes"] = `${document.body.dataset["flashes"] ?? ""} ${animationName}`;
        });
      });
      await loseGraph(kitchen);
      const line = page.locator("[data-arrow='closed>open'].is-taken .statechart-line");
      await line.waitFor();
      await page.locator("body[data-flashes*='statechart-taken']").waitFor();
      const length = await line.evaluate((element) => getComputedStyle(element).animationDuration);
      expect(Number.parseFloat(length) > 0.1).toBe(reducedMotion === "no-preference");
      await expect.poll(() => line.evaluate((element) => getComputedStyle(element).strokeWidth), PATIENTLY).toBe("3px");
    }
  });

  test("is a table for whoever cannot see a drawing, with the same states and edges", async () => {
    const { server } = await serveKitchen();
    const { page } = await openAt(browser(), server.url, { place: "#/machines/breaker%3Agraph" });
    await page.getByRole("button", { name: "Table" }).click();
    const breaker = machineDefinitions.find(({ id }) => id === "breaker");
    const table = page.getByRole("table", { name: /states of breaker/ });
    for (const { id, description } of breaker?.states ?? []) {
      const row = table
        .getByRole("row")
        .filter({ has: page.getByRole("rowheader", { name: id }) })
        .first();
      expect(await row.textContent()).toContain(description);
    }
    await table.getByRole("row", { name: /closed.*active now/ }).waitFor();
    expect(await table.locator("li").count()).toBe(
      breaker?.edges.filter(({ target, event }) => target !== null && event !== "resume").length,
    );
  });

  test("is moved and scaled by keyboard, buttons and wheel", async () => {
    const { server } = await serveKitchen();
    const { page } = await openAt(browser(), server.url, { place: "#/machines/breaker%3Agraph" });
    const window = page.getByRole("group", { name: /Statechart of breaker:graph/ });
    const view = () => page.locator("svg.statechart > g").getAttribute("transform");
    await window.focus();
    const changed = async (act: () => Promise<void>): Promise<void> => {
      const before = await view();
      await act();
      await expect.poll(view, PATIENTLY).not.toBe(before);
    };
    await changed(() => page.keyboard.press("ArrowRight"));
    await changed(() => page.keyboard.press("+"));
    await changed(() => page.keyboard.press("0"));
    await changed(() => page.getByRole("button", { name: "Larger" }).click());
    await changed(async () => {
      await window.hover();
      await page.keyboard.down("Control");
      await page.mouse.wheel(0, -200);
      await page.keyboard.up("Control");
    });
    await changed(async () => {
      const box = await window.boundingBox();
      await page.mouse.move((box?.x ?? 0) + 20, (box?.y ?? 0) + 20);
      await page.mouse.down();
      await page.mouse.move((box?.x ?? 0) + 90, (box?.y ?? 0) + 60, { steps: 4 });
      await page.mouse.up();
    });
  });

  test("shows what others wrote as text, whatever is in it", async () => {
    const { server } = await serveKitchen();
    const reason = `<img src=x onerror="document.title='taken over'">`;
    server.runtime.degradation.pin("reduced_performance", { reason, forMs: 60_000 });
    const { page, complaints } = await openAt(browser(), server.url, { place: "#/machines/pin" });
    await page.getByRole("region", { name: "Why" }).getByText(reason).first().waitFor();
    expect(await page.locator("main img").count()).toBe(0);
    expect(await page.title()).toBe("Machines · Holdfast");
    expect(complaints).toEqual([]);
  });

  test("stays a page of a few rows while a thousand transitions pass, and can be held", async () => {
    const { server } = await serveKitchen();
    const { page } = await openAt(browser(), server.url, { place: "#/machines/breaker%3Agraph" });
    const stream = page.getByRole("region", { name: "Transitions, newest first" });
    await stream.waitFor();
    const cause = { actor: "test", what: "many of them" };
    const tell = (number: number): void =>
      server.runtime.feeds.transitions.tell({
        at: Date.now(),
        machine: `trigger:number_${number}`,
        from: "clear",
        to: "rising",
        event: "reading",
        cause,
        currentMode: "normal",
        explanation: `reading ${number}`,
      });
    for (let number = 1; number <= 1_000; number += 1) {
      tell(number);
      if (number % 50 === 0) await new Promise(setImmediate);
    }
    await stream.getByText("trigger:number_1000", { exact: true }).waitFor();
    expect(await stream.locator("li").count()).toBeLessThan(40);

    await page.getByRole("button", { name: "Pause" }).click();
    tell(1_001);
    await page.getByText("paused, 1 since").waitFor();
    expect(await stream.getByText("trigger:number_1001").count()).toBe(0);
    await page.getByRole("button", { name: "Go on" }).click();
    await stream.getByText("trigger:number_1001").waitFor();
  });

  test("can be used by everybody, in light and dark, as drawing and as table", async () => {
    const { server } = await serveKitchen();
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await openAt(browser(), server.url, {
        place: "#/machines/breaker%3Agraph",
        colorScheme,
      });
      await page.locator("[data-state='closed'].is-active").waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByRole("button", { name: "Table" }).click();
      await page.getByRole("table").waitFor();
      expect(await violations(page)).toEqual([]);
    }
  });

  test("fits a phone: the list first, then what was chosen from it", async () => {
    const { server } = await serveKitchen();
    const { page } = await openAt(browser(), server.url, {
      place: "#/machines",
      viewport: { width: 390, height: 844 },
      hasTouch: true,
    });
    await page.locator("[data-actor='drain:graph']").click();
    await page.locator("[data-state='empty'].is-active").waitFor();
    expect(await page.locator("[data-actor='drain:graph']").isVisible()).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.getByRole("link", { name: "All actors" }).click();
    await page.locator("[data-actor='drain:graph']").waitFor();
  });
});

/** Labels that lie over another label or a state, as the browser has really drawn them. */
const hidden = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const boxOf = (element: Element) => ({
      what: element.textContent ?? "",
      ...plain(element.getBoundingClientRect()),
    });
    const plain = ({ left, right, top, bottom }: DOMRect) => ({ left, right, top, bottom });
    const labels = [...document.querySelectorAll(".statechart-label")].map(boxOf);
    const states = [...document.querySelectorAll(".statechart-state:not(.is-compound) > .statechart-box")].map(
      (box) => ({
        ...boxOf(box),
        what: box.parentElement?.dataset["state"] ?? box.parentElement?.getAttribute("data-state") ?? "",
      }),
    );
    // Lines of text touch: what counts is where letters would meet.
    const meet = (a: (typeof labels)[number], b: (typeof labels)[number]): boolean =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
    const over = labels.flatMap((label, index) =>
      [...labels.slice(index + 1), ...states]
        .filter((other) => meet(label, other))
        .map((other) => `${label.what} over ${other.what}`),
    );
    const names = [...document.querySelectorAll(".statechart-state:not(.is-compound)")].flatMap((state) => {
      const box = state.querySelector(".statechart-box")?.getBoundingClientRect();
      const wide = [...state.querySelectorAll("text")].filter((text) => {
        const { left, right } = text.getBoundingClientRect();
        return box !== undefined && (left < box.left || right > box.right);
      });
      return wide.map((text) => `${text.textContent} is wider than its state`);
    });
    return [...over, ...names];
  });
