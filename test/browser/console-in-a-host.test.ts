import { fastify } from "fastify";
import { createRuntime, type Principal } from "holdfast";
import { fastifyHoldfast } from "holdfast/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { kitchen } from "../integration/server-kitchen.ts";
import { hasChromium } from "../support/chromium.ts";
import { litModes, openConsole, useChromium } from "./open-console.ts";

async function hostOf(principal: Principal | undefined) {
  const { dataDirectory, operations } = kitchen();
  const runtime = await createRuntime({ dataDirectory, operations });
  onTestFinished(() => runtime.stop());
  const app = fastify();
  await app.register(fastifyHoldfast, { prefix: "/holdfast", runtime, principal: () => principal });
  onTestFinished(() => app.close());
  return { runtime, url: await app.listen({ host: "127.0.0.1", port: 0 }) };
}

describe.skipIf(!hasChromium())("the console below a path of a host's server", () => {
  const { browser } = useChromium();

  test("is live there, and follows what happens", async () => {
    const { runtime, url } = await hostOf({ id: "anna", permissions: "*" });
    const { page, complaints } = await openConsole(browser(), `${url}/holdfast`);
    await page.getByRole("status").getByText("live").waitFor();
    expect(new URL(page.url()).pathname).toBe("/holdfast/");
    runtime.degradation.pin("emergency_mode", { reason: "to be seen", forMs: 60_000 });
    await page.getByLabel(/Mode in force: emergency/).waitFor();
    expect(await litModes(page)).toContain("emergency_mode");
    expect(complaints).toEqual([]);
  });

  test("says where to sign in, to whom the host does not know", async () => {
    const { url } = await hostOf(undefined);
    const { page } = await openConsole(browser(), `${url}/holdfast/`);
    await page.getByText("The service that hosts this does not know who you are: sign in there.").waitFor();
  });
});
