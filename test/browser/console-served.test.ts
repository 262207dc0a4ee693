import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { rawRequest, serveKitchen } from "../integration/server-kitchen.ts";

/** The console's files as they are named in its document. */
async function filesOf(url: string) {
  const page = await rawRequest(`${url}/`);
  const names = [...page.text.matchAll(/"\.(\/console\/[^"]+)"/g)].map(([, name]) => name ?? "");
  return { page, names };
}

describe("the console's files", () => {
  test("come from the same server, with a policy that lets nothing in from elsewhere and no script in the document", async () => {
    const { server } = await serveKitchen();
    const { page, names } = await filesOf(server.url);

    expect(page.status).toBe(200);
    expect(page.headers["content-type"]).toContain("text/html");
    expect(page.headers["content-security-policy"]).toContain("default-src 'self'");
    expect(page.headers["content-security-policy"]).not.toContain("unsafe");
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|https?:\/\//);
    expect(names.length).toBeGreaterThanOrEqual(3);
    for (const name of names) expect((await rawRequest(`${server.url}${name}`)).status).toBe(200);
  });

  test("weigh at most 250 KB gzipped, all together", async () => {
    const { server } = await serveKitchen();
    const { page, names } = await filesOf(server.url);
    const bodies = [page.text];
    for (const name of names) bodies.push((await rawRequest(`${server.url}${name}`)).text);

    const bytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(bytes).toBeLessThanOrEqual(250_000);
  });

  test("are kept for good under a name with their hash, and asked for anew by a validator otherwise", async () => {
    const { server } = await serveKitchen();
    const { page, names } = await filesOf(server.url);
    const code = names.find((name) => name.endsWith(".js")) ?? "";

    expect(code).toMatch(/-[0-9a-f]{12}\.js$/);
    expect((await rawRequest(`${server.url}${code}`)).headers["cache-control"]).toContain("immutable");
    expect(page.headers["cache-control"]).toBe("no-cache");
    const again = await rawRequest(`${server.url}/`, { headers: { "if-none-match": String(page.headers["etag"]) } });
    expect([again.status, again.text]).toEqual([304, ""]);
  });

  test("are sent compressed to whoever takes that, and only then", async () => {
    const { server } = await serveKitchen();
    const headers = { "accept-encoding": "br, gzip" };
    expect((await rawRequest(`${server.url}/`, { headers })).headers["content-encoding"]).toBe("gzip");
    expect((await rawRequest(`${server.url}/`)).headers["content-encoding"]).toBeUndefined();
  });

  test.each([
    "/console/../package.json",
    "/console/..%2f..%2fpackage.json",
    "/console/%2e%2e/%2e%2e/package.json",
    "/console/....//package.json",
    "/console/package.json",
    "/console/__proto__",
    "/console/icon.svg%00.html",
    "/console/C:%5Cwindows%5Cwin.ini",
  ])("are the only ones there are: nothing is found at %s", async (path) => {
    const { server } = await serveKitchen();
    const answer = await rawRequest(`${server.url}${path}`);
    expect([400, 404]).toContain(answer.status);
    expect(answer.text).not.toContain('"dependencies"');
  });
});
