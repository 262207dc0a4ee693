export const count = (value: number): string => value.toLocaleString("en-US");

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `214 MiB`, `1.5 GiB`. */
export function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log2(value) / 10));
  const scaled = value / 1_024 ** power;
  return `${power === 0 || scaled >= 10 ? Math.round(scaled) : Math.round(scaled * 10) / 10} ${SIZES[power] ?? "B"}`;
}

/** `1 letter`, `2 letters`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
