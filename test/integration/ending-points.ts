/** Where a thread that ends itself finds what it shares with the test. */
export const ENDING_WRITER = "holdfast ending writer";

export const BEFORE_COMMIT = 1;
export const AFTER_COMMIT = 2;
export const BY_AN_ERROR = 3;

/** Places in the shared memory. */
export const PLACES = { point: 0, commitsLeft: 1, ended: 2 } as const;
