import type { Dependency, ReceiptStore } from "../../src/dependencies/dependency.ts";

/** The port with some members replaced. Everything else is the real one's, which keeps its private fields. */
export function wrapped<Port extends object>(port: Port, replaced: Partial<Port>): Port {
  return new Proxy(port, {
    get(target, name) {
      if (Object.hasOwn(replaced, name)) return Reflect.get(replaced, name);
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}

/** The dependency with some of its receipt store's calls replaced. */
export function withReceipts<Handle>(
  dependency: Dependency<Handle>,
  replace: (real: ReceiptStore<Handle>) => Partial<ReceiptStore<Handle>>,
): Dependency<Handle> {
  return {
    ...dependency,
    connect(context) {
      const connection = dependency.connect(context);
      const { receipts } = connection;
      return receipts === undefined
        ? connection
        : wrapped(connection, { receipts: wrapped(receipts, replace(receipts)) });
    },
  };
}
