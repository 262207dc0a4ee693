/** What a machine's definition says of one edge, as far as it is put into words. */
export interface EdgeInWords {
  readonly event: string;
  readonly kind: "event" | "after" | "always" | "done" | "error";
  readonly guard?: string | undefined;
}

/** `its time` for `itsTime`: names of guards, delays and actors are words in camel case. */
export const inWords = (camelCase: string): string =>
  camelCase.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** What sets an edge off: `calls.failed`, `after its time`, `probe done`, `at once`. */
export function eventInWords({ event, kind }: EdgeInWords): string {
  if (kind === "always") return "at once";
  if (kind === "after") return `after ${inWords(event).replace("until deadline", "its time")}`;
  if (kind === "done") return event === "*" ? "a child ended" : `${inWords(event)} done`;
  if (kind === "error") return event === "*" ? "a child could not be born" : `${inWords(event)} failed`;
  return event;
}

/** `[one of several]`; empty without a guard. */
export const guardInWords = ({ guard }: EdgeInWords): string => (guard === undefined ? "" : `[${inWords(guard)}]`);
