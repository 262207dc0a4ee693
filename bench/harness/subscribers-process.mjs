import { Agent, get } from "node:http";

/*
 * Many who watch, in a process of its own, by bare HTTP: what is measured is the server. Its parent sends what to wait
 * for, and hears when the first and the last of them had it, by the machine's monotonic clock.
 */

const { url, subscribers } = JSON.parse(process.argv[2] ?? "");
process.once("disconnect", () => process.exit(1)); // its parent is gone

const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
/** @type {string | undefined} */
let awaited;
/** @type {{ had: Set<number>, firstNs: bigint | undefined }} */
let round = { had: new Set(), firstNs: undefined };

process.on("message", (message) => {
  ({ awaited } = /** @type {{ awaited: string }} */ (message));
  round = { had: new Set(), firstNs: undefined };
  process.send?.({ ready: true });
});

/** What is waited for is shorter. */
const LONGEST = 256;

/** How many connections are made at a time: a listen backlog is short. */
const AT_A_TIME = 50;
for (let made = 0; made < subscribers; made += AT_A_TIME)
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, subscribers - made) }, (_, i) => watch(made + i)));
process.send?.({ connected: subscribers });

/** @param {number} number */
function watch(number) {
  return new Promise((resolve, reject) => {
    get(`${url}/trpc/degradation.watch`, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`subscriber ${number} was answered ${response.statusCode}`));
      response.setEncoding("utf8");
      let rest = "";
      response.on("data", (/** @type {string} */ text) => {
        resolve(undefined);
        // What is waited for may come in two pieces.
        const read = rest + text;
        rest = read.slice(-LONGEST);
        if (awaited === undefined || round.had.has(number) || !read.includes(awaited)) return;
        round.had.add(number);
        round.firstNs ??= process.hrtime.bigint();
        if (round.had.size === subscribers)
          process.send?.({ firstNs: String(round.firstNs), lastNs: String(process.hrtime.bigint()) });
      });
      response.on("error", reject);
    }).on("error", reject);
  });
}
