/** What a subscription that is `tracked` sends: what changed, under an id from which it can be gone on. */
interface Sent {
  readonly id: string;
  readonly data: object;
}

const isSent = (item: unknown): item is Sent =>
  typeof item === "object" &&
  item !== null &&
  "id" in item &&
  typeof item.id === "string" &&
  "data" in item &&
  typeof item.data === "object" &&
  item.data !== null;

/** A change by itself, its id among its fields: what a loop over changes wants to read. */
const followed = (item: unknown): unknown => (isSent(item) ? { ...item.data, eventId: item.id } : item);

/** The same iterator, its items as `followed` gives them. */
function inChanges(items: AsyncIterableIterator<unknown>): AsyncIterableIterator<unknown> {
  const translated = async (result: Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> => {
    const { done, value } = await result;
    return done === true ? { done, value } : { done: false, value: followed(value) };
  };
  return {
    next: () => translated(items.next()),
    return: async (value) => (await items.return?.(value)) ?? { done: true, value },
    [Symbol.asyncIterator]() {
      // Throws at the second loop, which would share the items with the first.
      items[Symbol.asyncIterator]();
      return this;
    },
  };
}

type Procedure = (...given: readonly unknown[]) => unknown;

/**
 * A tRPC client whose subscriptions give changes where they are read in a loop. Procedures are two names deep:
 * `client.degradation.watch`.
 */
export const withChanges = (client: object): unknown => deeper(client, 2);

function deeper(target: object, depth: number): object {
  return new Proxy(target, {
    get(from, name) {
      const found: unknown = Reflect.get(from, name);
      if (depth > 0) return isCallable(found) ? deeper(found, depth - 1) : found;
      return name === "subscribe" && isCallable(found) ? subscribeWith(found) : found;
    },
  });
}

const subscribeWith =
  (subscribe: Procedure): Procedure =>
  (...given) => {
    const made = subscribe(...given);
    return isIterable(made) ? inChanges(made) : made;
  };

const isCallable = (value: unknown): value is Procedure => typeof value === "function";

const isIterable = (value: unknown): value is AsyncIterableIterator<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;
