/** `14:03:07.114`, in UTC: a process, its logs and its readers may live in three time zones. */
export const timeOfDay = (at: number): string => new Date(at).toISOString().slice(11, 23);

export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** `9 ms`, `2.5 s`, `6 m 12 s`, `3 d 4 h`: the two largest units that say something. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  if (whole < 60_000) return `${Math.round(whole / 100) / 10} s`;
  const largest = UNITS.findIndex(([, size]) => whole >= size);
  const [name, size] = UNITS[largest] ?? UNITS[3];
  const [smallerName, smallerSize] = UNITS[largest + 1] ?? UNITS[3];
  const rest = Math.floor((whole % size) / smallerSize);
  return `${Math.floor(whole / size)} ${name}${rest === 0 ? "" : ` ${rest} ${smallerName}`}`;
}

/** The words for a breaker's states, as something that happened and as something that was so. */
const BREAKER: Readonly<Record<string, readonly [happened: string, was: string]>> = {
  closed: ["closed", "closed"],
  open: ["opened", "open"],
  probing: ["began to be probed", "being probed"],
  forced_open: ["was forced open", "forced open"],
  disabled: ["was disabled", "disabled"],
  misconfigured: ["was found misconfigured", "misconfigured"],
  fallen: ["lost its breaker's actor", "without an owner"],
};

export const outerState = (state: string): string => state.split(".")[0] ?? state;

const dependencyOfBreaker = (machine: string): string | undefined =>
  machine.startsWith("breaker:") ? machine.slice("breaker:".length) : undefined;

/** `graph opened`, `local_queue:graph became draining`. */
export function happened(machine: string, to: string): string {
  const dependency = dependencyOfBreaker(machine);
  const words = BREAKER[outerState(to)];
  return dependency === undefined || words === undefined ? `${machine} became ${to}` : `${dependency} ${words[0]}`;
}

/** What a breaker's state is called while it lasts. */
export const stateOfBreaker = (state: string): string => BREAKER[outerState(state)]?.[1] ?? outerState(state);
