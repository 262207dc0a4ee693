import { describe, expect, test } from "vitest";
import { turnAway } from "../../src/surface/server/check-caller.ts";
import { isLoopback } from "../../src/surface/server/loopback.ts";

describe("loopback", () => {
  test.each(["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "LocalHost", "0:0:0:0:0:0:0:1"])(
    "%s is",
    (name) => {
      expect(isLoopback(name)).toBe(true);
    },
  );

  test.each([
    "0.0.0.0",
    "::",
    "[::]",
    "10.0.0.1",
    "128.0.0.1",
    "localhost.",
    "localhost.example",
    "127.0.0.1.nip.io",
    "2130706433",
    "0x7f000001",
    "127.1",
    "",
  ])("%j is not", (name) => {
    expect(isLoopback(name)).toBe(false);
  });
});

describe("a caller", () => {
  test("is turned away without a Host", () => {
    expect(turnAway({}, 4400)).toContain("Host");
  });

  test("may leave the port out where it is that of the scheme", () => {
    expect(turnAway({ host: "localhost" }, 80)).toBeUndefined();
    expect(turnAway({ host: "localhost" }, 4400)).toContain("4400");
  });

  test("may name its Origin in any case, as long as it is this server under the same name", () => {
    expect(turnAway({ host: "LOCALHOST:4400", origin: "http://localhost:4400" }, 4400)).toBeUndefined();
    expect(turnAway({ host: "127.0.0.1:4400", origin: "http://localhost:4400" }, 4400)).toContain("Origin");
  });
});
