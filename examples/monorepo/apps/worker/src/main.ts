import { order, recordReading } from "@kitchen/contracts";
import { callOptions, createHoldfastClient, safe } from "holdfast/client";

/*
 * Reads some thermometers, and submits what they say from a process of its own: by holdfast/client, which has no server
 * code in it. KITCHEN_URL, KITCHEN_WORKER_KEY, KITCHEN_READINGS (5).
 */

const { KITCHEN_URL = "http://127.0.0.1:4500", KITCHEN_WORKER_KEY = "", KITCHEN_READINGS = "5" } = process.env;

const holdfast = createHoldfastClient({ url: `${KITCHEN_URL}/holdfast`, token: KITCHEN_WORKER_KEY });

for (let number = 1; number <= Number(KITCHEN_READINGS); number += 1) {
  const reading = { equipmentId: `fryer-${number}`, celsius: 170 + number, at: new Date().toISOString() };
  // The same key again is the same reading: a worker that is restarted may send it twice.
  const [outcome, error] = await safe(
    holdfast.operations.submit.mutate(
      { ...order(recordReading, reading), idempotencyKey: `${reading.equipmentId}@${reading.at}` },
      callOptions({ priority: "high" }),
    ),
  );
  if (error !== undefined) {
    console.error(`${reading.equipmentId}: ${error.message}`);
    process.exitCode = 1;
  } else if (outcome.status === "queued") console.log(`${reading.equipmentId}: queued because ${outcome.because}`);
  else if (outcome.status === "refused") console.log(`${reading.equipmentId}: refused, ${outcome.reason}`);
  else console.log(`${reading.equipmentId}: ${outcome.status}`);
}

const { currentMode, modes } = await holdfast.degradation.status.query();
console.log(`mode ${currentMode}${modes.map(({ reason }) => `; ${reason}`).join("")}`);
