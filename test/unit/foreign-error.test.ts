import { createRuntime, dependency } from "holdfast";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { foreignErrorText } from "../../src/dependencies/foreign-error.ts";
import { temporaryFolder } from "../support/ledger.ts";

test("an error that is not ours is told by its kind and its code, never by what it says", () => {
  const refused = Object.assign(new TypeError("connect https://admin:hunter2@search/"), { code: "ECONNREFUSED" });
  expect(foreignErrorText(refused)).toBe("TypeError ECONNREFUSED");
  expect(foreignErrorText(Object.assign(new Error("x"), { code: "hunter2 is\nthe password" }))).toBe("Error");
  expect(foreignErrorText("hunter2")).toBe("it threw a value that is not an Error");
});

test("what a probe or a call threw is the cause of what is told, and not in the status", async () => {
  const search = dependency({
    name: "search",
    probe: async () => {
      throw new Error("cannot reach https://admin:hunter2@search/");
    },
  });
  const runtime = await createRuntime({
    dataDirectory: join(temporaryFolder(), "data"),
    operations: [],
    dependencies: [search],
  });
  onTestFinished(() => runtime.stop());
  expect(JSON.stringify(runtime.status())).toContain("A call to search failed: Error");
  expect(JSON.stringify(runtime.status())).not.toContain("hunter2");
});
