import { describe, expect, test } from "vitest";
import { checkAcceptance } from "../../src/storage/check-acceptance.ts";
import { InvalidValueError } from "../../src/errors.ts";
import type { Acceptance } from "../../src/queue/journal.ts";
import { parseOperationId } from "../../src/storage/operation-id.ts";
import { toStorageFailure } from "../../src/storage/storage-failure.ts";
import { UndoLog } from "../../src/storage/writer/undo-log.ts";

const acceptance: Acceptance = {
  sequence: 7,
  operationId: "op_7",
  pool: 1,
  definition: 1,
  priority: 2,
  lane: null,
  principal: "anna",
  acceptedAt: 1,
  expiresAt: 2,
  input: "{}",
  wants: "ready",
};
const hash = "a".repeat(32);

describe("the check of an acceptance", () => {
  test("lets what SQLite can store pass", () => {
    checkAcceptance(acceptance);
    checkAcceptance({
      ...acceptance,
      lane: 2 ** 47 - 1,
      operationId: `op_${hash}`,
      key: { hash, inputHash: "", until: 3 },
    });
  });

  test.each<[path: string, changes: object]>([
    ["sequence", { sequence: 0 }],
    ["sequence", { sequence: 1.5 }],
    ["pool", { pool: undefined }],
    ["definition", { definition: "1" }],
    ["priority", { priority: Number.NaN }],
    ["lane", { lane: 2 ** 47 }],
    ["lane", { lane: -1 }],
    ["acceptedAt", { acceptedAt: 1.25 }],
    ["expiresAt", { expiresAt: Number.POSITIVE_INFINITY }],
    ["principal", { principal: null }],
    ["input", { input: {} }],
    ["operationId", { operationId: "op_8" }],
    ["operationId", { key: { hash, inputHash: "", until: 3 } }],
    ["key.hash", { key: { hash: "short", inputHash: "", until: 3 } }],
    ["key.until", { operationId: `op_${hash}`, key: { hash, inputHash: "", until: 0.5 } }],
  ])("refuses a wrong %s: %o", (path, changes) => {
    const check = (): void => checkAcceptance({ ...acceptance, ...changes } as Acceptance);
    expect(check).toThrow(InvalidValueError);
    expect(check).toThrow(`an acceptance's ${path} must be`);
  });
});

describe("operation ids", () => {
  test("tell numbers from hashes of keys, and both from anything else", () => {
    expect(parseOperationId("op_12")).toEqual({ sequence: 12 });
    expect(parseOperationId(`op_${hash}`)).toEqual({ hash });
    expect(parseOperationId("op_12345678901234567")).toEqual({ hash: "12345678901234567" });
    for (const id of ["", "12", "op_", "op_abc", "OP_12"]) expect(parseOperationId(id)).toBeUndefined();
  });
});

describe("the undo log", () => {
  test("plays changes backwards, and nothing after a commit", () => {
    const undo = new UndoLog();
    const map = new Map([["kept", 1]]);
    undo.set(map, "kept", 2);
    undo.set(map, "new", 3);
    undo.delete(map, "kept");
    undo.delete(map, "never there");
    undo.rollback();
    expect([...map]).toEqual([["kept", 1]]);
    undo.set(map, "kept", 4);
    undo.commit();
    undo.rollback();
    expect([...map]).toEqual([["kept", 4]]);
  });
});

describe("failures of SQLite", () => {
  test.each([
    ["SQLITE_FULL", "storage_full", true],
    ["SQLITE_CORRUPT_INDEX", "database_corrupt", false],
    ["SQLITE_NOTADB", "database_corrupt", false],
    ["SQLITE_IOERR_WRITE", "storage_failed", true],
    ["SQLITE_CONSTRAINT_PRIMARYKEY", "storage_failed", false],
  ])("%s is told apart by its code", (sqlite, code, retryable) => {
    const failure = toStorageFailure(
      Object.assign(new Error("words that mean nothing"), { code: sqlite }),
      "/data/journal.db",
    );
    expect(failure).toMatchObject({ code, retryable });
    expect(failure.message).toContain("/data/journal.db");
  });
});
