import { describe, expect, test } from "vitest";
import { readDocument } from "../fuzz/document.ts";
import { findLeaks } from "../fuzz/find-leaks.ts";
import { FuzzJudge, shortcomings } from "../fuzz/fuzz-report.ts";
import { runFuzz } from "../fuzz/run-fuzz.ts";
import { serveKitchen } from "./server-kitchen.ts";

const received = (status: number, json: unknown, headers = "content-type\napplication/problem+json") => ({
  status,
  headers,
  text: typeof json === "string" ? json : JSON.stringify(json),
});

describe("npm run fuzz", () => {
  test("reaches every operation of the document with a 2xx and a 4xx, without a server error and without a leak", async () => {
    const { report, shortcomings: missing } = await runFuzz(
      { seed: 4_711, valid: 3, only: [] },
      () => {},
      AbortSignal.timeout(300_000),
    );
    expect([missing, report.findings]).toEqual([[], []]);
    expect(report).toMatchObject({ serverErrors: 0, leaks: 0, undescribed: 0, accepted: 0 });
    expect(report.validSucceeded).toBeGreaterThanOrEqual(0.9);
    expect(report.requests).toBeGreaterThan(300);
  });

  test("sees a fault that is there: server errors that are not truthful, leaks, reasons that nobody described", async () => {
    const { server } = await serveKitchen();
    const [described] = await readDocument(server.url);
    if (described === undefined) throw new Error("the document is empty");
    const judge = new FuzzJudge(1, ["hunter2"]);
    const sent = { method: "POST", target: "/api/v4/operations", headers: {}, body: "{}" };
    const trial = (isValid: boolean, answer: ReturnType<typeof received>) =>
      judge.judge({ described, sent, isValid, received: answer });
    trial(true, received(200, {}, ""));
    trial(true, received(500, { code: "internal_error" }));
    trial(true, received(500, { status: "failed", effect: "none" }, ""));
    trial(true, received(503, { code: "starting" }));
    trial(true, received(503, "<html>", ""));
    trial(false, received(0, "socket hang up", ""));
    trial(false, received(400, { code: "bad_weather" }));
    trial(false, received(200, {}, ""));
    trial(false, received(400, { code: "invalid_input", detail: "the password is hunter2" }));
    expect(judge.report).toMatchObject({ requests: 9, serverErrors: 3, leaks: 1, undescribed: 1, accepted: 1 });
    expect(judge.report.validSucceeded).toBe(0.2);
    expect(shortcomings(judge.report, [described.operationId, "alerts.list"])).toEqual([
      "without a 2xx or without a 4xx: alerts.list",
      "20 % of valid requests succeeded",
      "3 server errors",
      "1 leaks",
      "1 reasons that are not in the document",
      "1 broken requests were accepted",
    ]);
  });

  test.each([
    ["a stack", `Error: x\n    at Object.<anonymous> (file:///srv/a.ts:1:2)`],
    ["a stack in JSON", JSON.stringify({ detail: "Error: x\n    at run (a.js:10:3)" })],
    ["a path", JSON.stringify({ detail: "cannot open /home/anna/data/journal.db" })],
    ["a message of SQLite", JSON.stringify({ detail: "UNIQUE constraint failed: operation.sequence" })],
    ["a message of V8", JSON.stringify({ detail: "Cannot read properties of undefined (reading 'x')" })],
  ])("finds %s", (_, text) => {
    expect(findLeaks({ status: 500, headers: "", text }, "", [])).not.toEqual([]);
    expect(findLeaks({ status: 400, headers: "", text: `{"detail":"There is no such thing."}` }, "", [])).toEqual([]);
  });
});
