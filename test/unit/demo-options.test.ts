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

describe("the demo's options of a scenario", () => {
  test("are sixty times as fast as production, without a control, when none are given", () => {
    expect(parseOptions(["--scenario", "flapping"])).toEqual({
      kind: "scenario",
      options: {
        scenario: "flapping",
        control: false,
        timeScale: 60,
        neo4j: false,
        json: false,
        timeoutSeconds: 600,
        keep: false,
      },
    });
  });

  test("are taken as given", () => {
    const argv = ["--scenario=overload", "--control", "--time-scale", "120", "--neo4j", "--json", "--keep"];
    expect(parseOptions(argv)).toMatchObject({
      kind: "scenario",
      options: { scenario: "overload", control: true, timeScale: 120, neo4j: true, json: true, keep: true },
    });
  });

  test("name a scenario that exists, or are answered with those that do", () => {
    const parsed = parseOptions(["--scenario", "earthquake"]);
    expect(parsed).toEqual({
      kind: "wrong",
      message:
        'There is no scenario "earthquake"; there are: neo4j-outage, slow-neo4j, memory-pressure, error-storm, overload, flapping, everything.',
    });
  });

  test.each([
    [["--scenario", "overload", "--time-scale", "0"], "--time-scale"],
    [["--scenario", "overload", "--time-scale", "fast"], "--time-scale"],
    [["--scenario", "overload", "--operations", "300"], "--operations goes not with --scenario"],
    [["--control"], "--control goes only with --scenario"],
    [["--time-scale", "2"], "--time-scale goes only with --scenario"],
    [["--scenario"], "--scenario"],
  ])("that cannot be are refused in one line that names them: %j", (argv, says) => {
    const parsed = parseOptions(argv);
    expect(parsed).toMatchObject({ kind: "wrong", message: expect.stringContaining(says) as string });
  });
});
