/*
 * A manual is revised like this: a bulletin is put at its end, with a heading, steps and temperatures that no other
 * revision has. So a revision that leaves something of the one before it in the graph is caught by comparing relations.
 */

const CHECKS = [
  "Checking the thermostat",
  "Calibrating the probe",
  "Testing the high limit",
  "Warming up after a defrost",
];

/** The text of one revision. Revision 0 is the manual as it stands; Markdown and plain text alike. */
export function reviseManual(text: string, revision: number, seed: number): string {
  if (revision === 0) return text;
  const draw = (range: number, salt: number): number => mix(seed * 31 + revision * 7 + salt) % range;
  const heading = `${CHECKS[draw(CHECKS.length, 1)]}, bulletin ${revision}`;
  const celsius = 60 + draw(120, 2);
  const steps = [
    `Set the control to ${celsius} °C and wait until the display is steady.`,
    `Compare the display with a probe thermometer; they may differ by ${1 + draw(3, 3)} °C.`,
    `If the thermometer reads more than ${celsius + 10} °C, turn the power off.`,
    `Write ${revision} into the service log.`,
  ].slice(0, 2 + draw(3, 4));
  const lines = steps.map((step, index) => `${index + 1}. ${step}`);
  return `${text.trimEnd()}\n\n\n${heading}\n${"-".repeat(heading.length)}\n\n${lines.join("\n")}\n`;
}

/** A number that looks drawn, and is the same for the same seed (the finalizer of MurmurHash3). */
export function mix(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
