import { describe, expect, test } from "vitest";
import { parseOptions } from "../../examples/demo/options.ts";

describe("the demo's options", () => {
  test("are those of the main job when none are given", () => {
    const parsed = parseOptions([]);
    expect(parsed).toMatchObject({
      kind: "run",
      options: { operations: 5_000, lanes: 200, neo4j: false, json: false, timeoutSeconds: 600 },
    });
  });

  test("are taken as given", () => {
    const parsed = parseOptions([
      "--operations",
      "300",
      "--lanes=7",
      "--neo4j",
      "--json",
      "--rate",
      "20",
      "--seed",
      "9",
      "--documents",
      "x",
      "--timeout-seconds",
      "5",
    ]);
    expect(parsed).toMatchObject({
      kind: "run",
      options: {
        operations: 300,
        lanes: 7,
        neo4j: true,
        json: true,
        ratePerSecond: 20,
        seed: 9,
        documents: "x",
        timeoutSeconds: 5,
      },
    });
  });

  test("are explained on request", () => {
    expect(parseOptions(["--help", "--operations", "500"])).toEqual({ kind: "help" });
  });

  test.each([
    [["--operations", "abc"], "--operations"],
    [["--operations", "10"], "--operations"],
    [["--operations", "1e3"], "--operations"],
    [["--lanes", "0"], "--lanes"],
    [["--rate=-1"], "--rate"],
    [["--timeout-seconds", "0"], "--timeout-seconds"],
    [["--colour"], "--colour"],
    [["--operations"], "--operations"],
    [["500"], "500"],
  ])("that cannot be are refused in one line that names them: %j", (argv, name) => {
    const parsed = parseOptions(argv);
    expect(parsed.kind).toBe("wrong");
    const message = parsed.kind === "wrong" ? parsed.message : "";
    expect(message).toContain(name);
    expect(message).not.toContain("\n");
  });
});
