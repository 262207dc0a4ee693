import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, PERMISSIONS, type Principal, type Runtime, ROLES } from "holdfast";
import { openReader } from "../../src/storage/open-reader.ts";
import { listAudit } from "../../src/storage/reads/list-audit.ts";
import { createVirtualClock } from "holdfast/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { PERMISSIONS_OF_ROLE } from "../../src/security/access/roles.ts";
import { KEPT_DEAD_TOKENS } from "../../src/security/access/token-book.ts";
import { temporaryFolder } from "../support/ledger.ts";

const reason = "a test needs it";

async function open(dataDirectory = temporaryFolder(), options: { readonly principal?: Principal } = {}) {
  const runtime = await createRuntime({ dataDirectory, operations: [], ...options });
  onTestFinished(() => runtime.stop());
  return { runtime, dataDirectory };
}

const idOf = async (runtime: Runtime, secret: string): Promise<string | undefined> => {
  const verified = runtime.tokens.verify(secret);
  return verified.status === "proven" ? verified.principal.id : verified.why;
};

async function auditOf(dataDirectory: string) {
  const reader = openReader({ dataDirectory });
  const { rows } = await listAudit(reader.database, { limit: 1_000 });
  await reader.close();
  return rows.flatMap(({ kind, principal, detail }) =>
    kind === "control" ? [{ principal, ...(JSON.parse(detail ?? "{}") as Record<string, unknown>) }] : [],
  );
}

describe("a token", () => {
  test("proves who its bearer is, before and after a restart, and is nowhere on disk", async () => {
    const { runtime, dataDirectory } = await open();
    const { secret, token } = await runtime.tokens.create({
      name: "kitchen-prod",
      role: "service",
      highestPriority: "high",
      reason,
    });
    expect(secret).toMatch(/^hf_svc_[0-9A-Za-z]{49}$/);
    const proven = { status: "proven", principal: { id: "token kitchen-prod", highestPriority: "high" } };
    expect(runtime.tokens.verify(secret)).toMatchObject(proven);
    expect(token).toMatchObject({
      id: 1,
      createdBy: "service",
      reason,
      permissions: ["operation.submit", "operation.read"],
    });
    expect(JSON.stringify([token, runtime.tokens.list()])).not.toMatch(/hash|[0-9a-f]{64}/);
    await runtime.stop();
    for (const file of readdirSync(dataDirectory))
      expect([file, readFileSync(join(dataDirectory, file)).includes(secret.slice(7))]).toEqual([file, false]);
    const next = await open(dataDirectory);
    expect(next.runtime.tokens.verify(secret)).toMatchObject(proven);
  });

  test.each([
    ["is typed wrong", (secret: string) => secret.slice(0, 20) + (secret[20] === "x" ? "y" : "x") + secret.slice(21)],
    ["lacks its end", (secret: string) => secret.slice(0, -1)],
    ["is of another kind", (secret: string) => secret.replace("hf_svc_", "hf_usr_")],
    ["is nothing", () => ""],
    ["is a megabyte", () => "x".repeat(1_000_000)],
    ["has a line's end", (secret: string) => `${secret}\n`],
  ])("that %s proves nothing", async (_, change) => {
    const { runtime } = await open();
    const { secret } = await runtime.tokens.create({ name: "kitchen", role: "service", reason });
    expect(runtime.tokens.verify(change(secret))).toEqual({ status: "unproven", why: "malformed" });
  });

  test("of another data directory is unknown", async () => {
    const here = await open();
    const there = await open();
    const { secret } = await there.runtime.tokens.create({ name: "kitchen", role: "service", reason });
    expect(here.runtime.tokens.verify(secret)).toEqual({ status: "unproven", why: "unknown" });
  });

  test("opens nothing from the call on by which it is revoked, nor after a restart", async () => {
    const { runtime, dataDirectory } = await open();
    const { secret, token } = await runtime.tokens.create({ name: "kitchen", role: "viewer", reason });
    const ended: number[] = [];
    runtime.tokens.onEnded((id) => ended.push(id));
    const revoking = runtime.tokens.revoke(token.id, { reason: "it was on a whiteboard" });
    expect(await idOf(runtime, secret)).toBe("revoked");
    expect(ended).toEqual([token.id]);
    expect(await revoking).toMatchObject({ status: "revoked", token: { revoked: { by: "service" } } });
    expect(await runtime.tokens.revoke(token.id, { reason })).toEqual({ status: "not_live" });
    expect(await runtime.tokens.revoke(99, { reason })).toEqual({ status: "not_live" });
    await expect(runtime.tokens.revoke(token.id, { reason: " " })).rejects.toMatchObject({ code: "reason_missing" });
    await runtime.stop();
    const next = await open(dataDirectory);
    expect(await idOf(next.runtime, secret)).toBe("revoked");
    expect(next.runtime.tokens.list().rows).toMatchObject([{ name: "kitchen", status: "revoked" }]);
  });

  test("is over at its end by the wall clock, and then gives its name away", async () => {
    const clock = createVirtualClock();
    const runtime = await createRuntime({ dataDirectory: temporaryFolder(), operations: [], clock, autoStart: false });
    onTestFinished(() => runtime.stop());
    const made = await runtime.tokens.create({ name: "kitchen", role: "viewer", forMs: 60_000, reason });
    await clock.advance(59_999);
    expect(await idOf(runtime, made.secret)).toBe("token kitchen");
    await expect(runtime.tokens.create({ name: "kitchen", role: "viewer", reason })).rejects.toMatchObject({
      code: "token_name_taken",
    });
    await clock.advance(1);
    expect(await idOf(runtime, made.secret)).toBe("expired");
    expect(runtime.tokens.isLive(made.token.id)).toBe(false);
    const { secret } = await runtime.tokens.create({
      name: "kitchen",
      role: "viewer",
      expiresAt: clock.now() + 1,
      reason,
    });
    expect(await idOf(runtime, secret)).toBe("token kitchen");
  });

  test("cannot be given more than its creator has", async () => {
    const { runtime } = await open();
    const principal: Principal = {
      id: "token lead",
      permissions: ["token.manage", "operation.read"],
      highestPriority: "normal",
    };
    const make = (wish: object) =>
      runtime.tokens.create({ name: "more", permissions: ["operation.read"], reason, principal, ...wish });
    for (const wish of [
      { permissions: undefined, role: "admin" },
      { permissions: undefined, role: "service" },
      { permissions: ["operation.read", "degradation.pin"] },
      { highestPriority: "high" },
    ])
      await expect(make(wish)).rejects.toMatchObject({ code: "forbidden" });
    expect((await make({})).token).toMatchObject({ highestPriority: "normal", createdBy: "token lead" });
    expect((await make({ name: "less", highestPriority: "low" })).token).toMatchObject({ highestPriority: "low" });
  });

  test("made by one that ends, ends with it at the latest, whichever browser or program asked", async () => {
    const { runtime } = await open();
    const lead = await runtime.tokens.create({
      name: "lead",
      permissions: ["token.manage", "operation.read"],
      forMs: 60_000,
      reason,
    });
    const end = lead.token.expiresAt ?? 0;
    const bearer = runtime.tokens.verify(lead.secret);
    const browser = runtime.tokens.sessions.verify((await runtime.tokens.sessions.signIn(lead.secret))!.secret);
    for (const [name, verified] of Object.entries({ bearer, browser })) {
      if (verified.status !== "proven") throw new Error(`${name} is ${verified.why}`);
      const { principal } = verified;
      const make = (wish: object) =>
        runtime.tokens.create({ name, permissions: ["operation.read"], reason, principal, ...wish });
      await expect(make({ forMs: 120_000 })).rejects.toMatchObject({ code: "forbidden" });
      await expect(make({ expiresAt: end + 1 })).rejects.toMatchObject({ code: "forbidden" });
      expect((await make({})).token.expiresAt).toBe(end);
      expect((await make({ name: `${name}-2`, expiresAt: end - 1 })).token.expiresAt).toBe(end - 1);
    }
    const own = await runtime.tokens.create({ name: "own", role: "admin", reason });
    expect(own.token.expiresAt).toBeUndefined();
  });

  test.each([
    [{ name: "a b" }, "invalid_token"],
    [{ name: "<script>" }, "invalid_token"],
    [{ name: "" }, "invalid_token"],
    [{ kind: "session" }, "invalid_token"],
    [{ role: "king" }, "invalid_token"],
    [{ role: "constructor" }, "invalid_token"],
    [{ permissions: ["operation.read"] }, "invalid_token"],
    [{ role: undefined }, "invalid_token"],
    [{ role: undefined, permissions: [] }, "invalid_token"],
    [{ role: undefined, permissions: ["operation.reed"] }, "unknown_permission"],
    [{ expiresAt: 1 }, "invalid_token"],
    [{ forMs: 0 }, "invalid_token"],
    [{ forMs: Number.NaN }, "invalid_token"],
    [{ forMs: Number.POSITIVE_INFINITY }, "invalid_token"],
    [{ forMs: 1_000, expiresAt: Date.now() + 9_000 }, "invalid_token"],
    [{ highestPriority: "urgent" }, "invalid_token"],
    [{ reason: "" }, "reason_missing"],
  ])("is not made of %j", async (wish, code) => {
    const { runtime } = await open();
    const create = runtime.tokens.create as (wish: object) => Promise<unknown>;
    await expect(
      create.call(runtime.tokens, { name: "kitchen", role: "viewer", reason, ...wish }),
    ).rejects.toMatchObject({ code });
    expect(runtime.tokens.list().rows).toEqual([]);
  });

  test("two with one name at the same time are one", async () => {
    const { runtime } = await open();
    const make = () => runtime.tokens.create({ name: "kitchen", role: "viewer", reason });
    const settled = await Promise.allSettled([make(), make()]);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });

  test("has every change, and every refused attempt, in the audit, without its secret", async () => {
    const { runtime, dataDirectory } = await open();
    const anna: Principal = { id: "token anna", permissions: ["token.manage"] };
    const { secret, token } = await runtime.tokens.create({ name: "kitchen", role: "admin", reason: "made" });
    await runtime.tokens.create({ name: "kitchen", role: "admin", reason: "again", principal: anna }).catch(() => {});
    await runtime.recorded();
    await runtime.tokens.revoke(token.id, { reason: "over", principal: anna });
    await runtime.stop();
    const entries = await auditOf(dataDirectory);
    const target = `token:${token.id}`;
    expect(entries).toMatchObject([
      {
        principal: "service",
        action: "create_token",
        target,
        reason: "made",
        outcome: "created",
        request: { name: "kitchen", permissions: "*" },
      },
      { principal: "token anna", action: "create_token", target: "token", reason: "again", outcome: "forbidden" },
      { principal: "token anna", action: "revoke_token", target, reason: "over", outcome: "revoked" },
    ]);
    expect(JSON.stringify(entries)).not.toContain(secret.slice(7, 30));
  });

  test("is listed newest first, in pages", async () => {
    const { runtime } = await open();
    for (const name of ["a", "b", "c"]) await runtime.tokens.create({ name, role: "viewer", reason });
    const first = runtime.tokens.list({ limit: 2 });
    expect(first).toMatchObject({ rows: [{ name: "c", status: "live" }, { name: "b" }], next: 2 });
    expect(runtime.tokens.list({ limit: 2, after: first.next! })).toMatchObject({ rows: [{ name: "a" }] });
  });

  test("that is over is remembered for a while, and no more than so many are", async () => {
    const { runtime, dataDirectory } = await open();
    const extra = 20;
    const made = (count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, n) => runtime.tokens.create({ name: `n${n}`, role: "viewer", reason })),
      );
    const batches = [await made(KEPT_DEAD_TOKENS)];
    await expect(made(1)).rejects.toMatchObject({ code: "token_name_taken" });
    await expect(runtime.tokens.create({ name: "one-more", role: "viewer", reason })).rejects.toMatchObject({
      code: "too_many_tokens",
    });
    await Promise.all(batches[0]!.map(({ token }) => runtime.tokens.revoke(token.id, { reason })));
    batches.push(await made(extra));
    for (const { token } of batches[1]!) await runtime.tokens.revoke(token.id, { reason });
    // What is over for longest goes with the next change.
    await runtime.tokens.create({ name: "last", role: "viewer", reason });
    const last = batches[1]!.at(-1)!.secret;
    expect(runtime.tokens.list({ limit: 1_000 }).rows).toHaveLength(1_000);
    expect(await idOf(runtime, last)).toBe("revoked");
    await runtime.stop();
    const reader = openReader({ dataDirectory });
    const rows = await reader.database.selectFrom("token").select("id").orderBy("id").execute();
    await reader.close();
    expect([rows[0]?.id, rows.at(-1)?.id]).toEqual([extra + 1, KEPT_DEAD_TOKENS + extra + 1]);
  });
});

describe("a session", () => {
  test("is what a browser gets for a token, or for a link that is good once, and may do what the token may", async () => {
    const { runtime, dataDirectory } = await open();
    const { sessions } = runtime.tokens;
    const { secret, token } = await runtime.tokens.create({ name: "anna", kind: "person", role: "operator", reason });
    const byToken = await sessions.signIn(secret);
    const link = sessions.link(token.id);
    expect(link).toMatch(/^hf_lnk_/);
    const byLink = await sessions.signIn(link);
    expect(await sessions.signIn(link)).toBeUndefined();
    for (const signedIn of [byToken, byLink])
      expect(sessions.verify(signedIn!.secret)).toMatchObject({
        status: "proven",
        principal: { id: "token anna", permissions: PERMISSIONS_OF_ROLE.operator },
      });
    // Neither stands for the other.
    expect(sessions.verify(secret).status).toBe("unproven");
    expect(runtime.tokens.verify(byToken!.secret).status).toBe("unproven");
    expect(await sessions.signIn(byToken!.secret)).toBeUndefined();
    await runtime.stop();
    const next = await open(dataDirectory);
    expect(next.runtime.tokens.sessions.verify(byLink!.secret).status).toBe("proven");
    await next.runtime.tokens.revoke(token.id, { reason });
    expect(next.runtime.tokens.sessions.verify(byLink!.secret)).toMatchObject({ why: "revoked" });
    const statuses = next.runtime.tokens.list().rows.map(({ status }) => status);
    expect(statuses).toEqual(["revoked", "revoked", "revoked"]);
  });

  test("is one of sixteen of its token, also where many browsers sign in at the same time", async () => {
    const { runtime, dataDirectory } = await open();
    const { secret } = await runtime.tokens.create({ name: "anna", role: "viewer", reason });
    const signedIn = await Promise.all(Array.from({ length: 40 }, () => runtime.tokens.sessions.signIn(secret)));
    const proven = (tokens: Runtime["tokens"]) =>
      signedIn.filter((each) => tokens.sessions.verify(each!.secret).status === "proven");
    const live = proven(runtime.tokens);
    expect(live).toHaveLength(16);
    await runtime.stop();
    expect(proven((await open(dataDirectory)).runtime.tokens)).toEqual(live);
  });

  test("ends when the browser signs out, after half a day, and with the 17th of one token", async () => {
    const clock = createVirtualClock();
    const runtime = await createRuntime({ dataDirectory: temporaryFolder(), operations: [], clock, autoStart: false });
    onTestFinished(() => runtime.stop());
    const { sessions } = runtime.tokens;
    const { secret } = await runtime.tokens.create({ name: "anna", role: "viewer", reason });
    const first = await sessions.signIn(secret);
    expect([await sessions.signOut(first!.secret), await sessions.signOut(first!.secret)]).toEqual([true, false]);
    const made = [];
    for (let n = 0; n < 17; n += 1) made.push((await sessions.signIn(secret))!.secret);
    expect(made.map((each) => sessions.verify(each).status)).toEqual([
      "unproven",
      ...Array.from({ length: 16 }, () => "proven"),
    ]);
    await clock.advance(12 * 3_600_000);
    expect(sessions.verify(made.at(-1)!)).toMatchObject({ why: "expired" });
  });
});

test("a role holds nothing that nothing asks for, and only an admin gives credentials away", () => {
  const known: readonly string[] = [...PERMISSIONS, "operation.submit"];
  for (const role of ROLES) {
    const permissions = PERMISSIONS_OF_ROLE[role];
    if (permissions === "*") continue;
    expect(permissions.filter((permission) => !known.includes(permission))).toEqual([]);
    expect(permissions).not.toContain("token.manage");
  }
});
