import type { KitchenRouter } from "@kitchen/api/router";
import { createTRPCClient, httpLink } from "@trpc/client";
import { createHoldfastClient } from "holdfast/client";

/* Our own procedures by tRPC's client, typed by the router; what Holdfast does, as it happens, by Holdfast's. */

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
};

element("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const key = element("key");
  if (key instanceof HTMLInputElement) look(key.value).catch((error: unknown) => show("mode", String(error)));
});

async function look(token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const kitchen = createTRPCClient<KitchenRouter>({ links: [httpLink({ url: "/trpc", headers })] });
  const latest = await kitchen.readings.latest.query({ equipmentId: "fryer-3" });
  show("fryer", latest === null ? "never read" : `${latest.celsius.toFixed(1)} °C at ${latest.at}`);
  show("mode", (await kitchen.holdfast.degradation.status.query()).currentMode);

  const holdfast = createHoldfastClient({ url: new URL("holdfast", document.baseURI), token });
  for await (const change of holdfast.degradation.watch.subscribe()) {
    if (change.kind !== "transition") continue;
    const item = document.createElement("li");
    item.textContent = change.explanation;
    element("changes").append(item);
  }
}

function show(id: string, text: string): void {
  element(id).textContent = text;
}
