/**
 * The states of a row in `operation`, as they are stored. Small integers, because they stand in every row and in the
 * condition of every partial index; they are part of the file format and never change their meaning.
 */
export const operationState = {
  ready: 0,
  scheduled: 1,
  blocked: 2,
  running: 3,
  closing: 4,
  held: 5,
  dead: 7,
} as const;

export type OperationStateName = keyof typeof operationState;
export type OperationState = (typeof operationState)[OperationStateName];

export const operationStateNames = Object.keys(operationState) as readonly OperationStateName[];

const names = new Map<number, OperationStateName>(operationStateNames.map((name) => [operationState[name], name]));

export function nameOfState(state: number): OperationStateName {
  const name = names.get(state);
  if (name === undefined) throw new RangeError(`there is no operation state ${state}`);
  return name;
}
