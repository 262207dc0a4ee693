import fc from "fast-check";
import { arbitraryOf } from "./arbitrary-of.ts";
import { brokenRequests } from "./broken-requests.ts";
import type { Described } from "./document.ts";
import { makeRequest, type Values } from "./make-request.ts";
import type { Scene } from "./scenes.ts";
import type { Received, Sent } from "./send.ts";

/** What was sent, and whether it ought to succeed. */
export interface Trial {
  readonly described: Described;
  readonly sent: Sent;
  readonly isValid: boolean;
  readonly received: Received;
}

type Credentials = Readonly<Record<string, string>>;

export interface Fuzzing {
  readonly seed: number;
  /** Valid requests of each procedure; broken ones are as many as there are ways to break one. */
  readonly valid: number;
  readonly credentials: Credentials;
  /** Who proves nothing by these. */
  readonly strangers: readonly Credentials[];
  /** Who may look, and change nothing. */
  readonly onlooker: Credentials;
  send(sent: Sent, isStream: boolean): Promise<Received>;
  ask: Parameters<NonNullable<Scene["prepare"]>>[0];
}

/** Sends one procedure what it should take, and what it should not. */
export async function* fuzzProcedure(
  described: Described,
  scene: Scene,
  { seed, valid, credentials, strangers, onlooker, send, ask }: Fuzzing,
): AsyncGenerator<Trial> {
  const numRuns = Math.min(valid, scene.times ?? Infinity);
  const generated = fc.sample(fc.record(arbitrariesOf(described), { requiredKeys: requiredOf(described) }), {
    seed,
    numRuns,
  });
  const { isStream } = described;
  let last: Values = generated[0] ?? {};
  for (const [number, values] of generated.entries()) {
    const prepared = scene.prepare === undefined ? {} : await scene.prepare(ask, number);
    if (prepared === undefined) continue;
    last = withoutAbsent({ ...values, ...prepared });
    const sent = makeRequest(described, last, credentials);
    yield { described, sent, isValid: true, received: await send(sent, isStream) };
    await scene.restore?.(ask);
  }
  for (const sent of brokenRequests(described, last, credentials)) {
    yield { described, sent, isValid: false, received: await send(sent, isStream) };
    await scene.restore?.(ask);
  }
  for (const who of described.method === "GET" ? strangers : [...strangers, onlooker]) {
    const sent = makeRequest(described, last, who);
    yield { described, sent, isValid: false, received: await send(sent, isStream) };
  }
}

/** A place to go on at is nothing that can be made up. */
const isMadeUp = ({ name }: { readonly name: string }): boolean => name !== "after" && name !== "lastEventId";

const arbitrariesOf = ({ fields }: Described) =>
  Object.fromEntries(fields.filter(isMadeUp).map(({ name, schema }) => [name, arbitraryOf(schema)]));

const requiredOf = ({ fields }: Described): string[] =>
  fields.filter((field) => isMadeUp(field) && field.isRequired).map(({ name }) => name);

const withoutAbsent = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
