/**
 * A lane is the 47-bit hash of its ordering key: it fits an SQLite integer and a JavaScript number without loss.
 * Two keys with one hash share a lane, which costs only waiting.
 *
 * Two 32-bit FNV-1a style sums with different multipliers over the UTF-16 units, finished by murmur3's mixer.
 * Not for secrets: who can choose keys can make lanes collide, and gains waiting.
 */
export function laneOfKey(key: string): number {
  let low = 0x811c9dc5;
  let high = 0xcbf29ce4;
  for (let index = 0; index < key.length; index++) {
    const unit = key.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
  }
  return (mix(high) & 0x7fff) * 2 ** 32 + mix(low ^ high);
}

function mix(sum: number): number {
  let mixed = sum ^ (sum >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
