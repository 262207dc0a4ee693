/** How urgent an operation is, most urgent first. The order of this list is the order of service. */
export const PRIORITIES = ["critical", "high", "normal", "low", "deferred"] as const;

export type Priority = (typeof PRIORITIES)[number];

/** The number a priority is stored and sorted by: 0 is the most urgent. */
export const priorityRank = (priority: Priority): number => PRIORITIES.indexOf(priority);

/** The priority of a stored rank; a rank outside the list is a fault of the caller. */
export const priorityOfRank = (rank: number): Priority => {
  const priority = PRIORITIES[rank];
  if (priority === undefined)
    throw new RangeError(`no priority has rank ${rank}; ranks are 0 to ${PRIORITIES.length - 1}`);
  return priority;
};
