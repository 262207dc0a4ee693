/** Statements that change one row are guarded by the state it comes from; a miss means that memory and disk differ. */
export function mustChange(changes: number, sequence: number): void {
  if (changes !== 1) throw new Error(`operation ${sequence} was not in the state it was known to be in`);
}
