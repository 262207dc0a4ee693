/** What is at the other end of a stream. */
export interface Screen {
  readonly isTerminal: boolean;
  /** Cells in a line; `Infinity` where nobody looks at lines. */
  readonly columns: number;
  readonly hasColour: boolean;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** No colour where it is piped, where `NO_COLOR` or `--no-color` says so, or on a terminal that has none. */
export function screenOf(
  stream: Stream,
  environment: Readonly<Record<string, string | undefined>>,
  wantsColour: boolean,
): Screen {
  const isTerminal = stream.isTTY === true;
  const forbidden = (environment["NO_COLOR"] ?? "") !== "" || environment["TERM"] === "dumb";
  return {
    isTerminal,
    columns: isTerminal ? Math.max(40, stream.columns ?? 80) : Number.POSITIVE_INFINITY,
    hasColour: isTerminal && wantsColour && !forbidden,
  };
}

const CODES = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1, dim: 2 } as const;

export type Paint = keyof typeof CODES;

export const painted = (screen: Screen, paint: Paint | undefined, text: string): string =>
  paint === undefined || !screen.hasColour ? text : `\u001b[${CODES[paint]}m${text}\u001b[0m`;
