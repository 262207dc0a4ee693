import type { NodeKey } from "../graph-store.ts";

/*
 * A key as one text that sorts as Neo4j sorts keys: texts by code point, then numbers by value. So one index column
 * answers both the look-up and the order. (Beyond U+FFFF Neo4j's order depends on whether an index answers; ours is
 * always by code point.)
 */

const TEXT = "s:";
const NUMBER = "x:";
const SIGN = 1n << 63n;
const ALL = (1n << 64n) - 1n;

const bits = new DataView(new ArrayBuffer(8));

export function toKeyText(key: NodeKey): string {
  if (typeof key === "string") return TEXT + key;
  bits.setFloat64(0, key === 0 ? 0 : key); // -0 is the same key as 0
  const raw = bits.getBigUint64(0);
  // Doubles sort like integers once the sign bit is turned over, negative ones once all bits are.
  const sortable = (raw & SIGN) === 0n ? raw | SIGN : raw ^ ALL;
  return NUMBER + sortable.toString(16).padStart(16, "0");
}

export function fromKeyText(text: string): NodeKey {
  if (text.startsWith(TEXT)) return text.slice(TEXT.length);
  const sortable = BigInt(`0x${text.slice(NUMBER.length)}`);
  bits.setBigUint64(0, (sortable & SIGN) === 0n ? sortable ^ ALL : sortable ^ SIGN);
  return bits.getFloat64(0);
}
