// npm run fuzz [-- OPTIONS]
import { parseArgs } from "node:util";
import { runFuzz } from "./run-fuzz.ts";

const HELP = `npm run fuzz [-- OPTIONS]

Starts a service, reads its OpenAPI document, and sends every operation in it requests that should be taken and requests
that should not, through real sockets. Fails on a 5xx that is not truthful, on anything in an answer that should not have
left the process, on a broken request that was taken, and unless every operation has answered 2xx and 4xx.

  --json             one JSON object on stdout, nothing else
  --seed NUMBER      what is generated; the same seed, the same requests
  --valid NUMBER     valid requests of each operation (20)
  --only OPERATION   this operation only; may be given more than once
  --help             this text
`;

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    valid: { type: "string", default: "20" },
    only: { type: "string", multiple: true, default: [] },
    help: { type: "boolean", default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await run();

async function run(): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => interrupted.abort(new Error("interrupted; nothing is left running")));
  const options = { seed: Number(values.seed), valid: Number(values.valid), only: values.only };
  const { report, shortcomings } = await runFuzz(options, (line) => console.error(line), interrupted.signal);
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else {
    for (const [name, { requests, answers, valid, succeeded }] of Object.entries(report.byProcedure))
      console.log(
        `${name.padEnd(34)}${String(requests).padStart(5)}  ${JSON.stringify(answers)}  ${succeeded}/${valid}`,
      );
    for (const { procedure, what, request, answer } of report.findings)
      console.log(`\n${procedure}: ${what}\n  ${request}\n  ${answer}`);
    console.log(`\n${report.requests} requests, seed ${report.seed}`);
  }
  for (const line of shortcomings) console.error(line);
  return shortcomings.length === 0 ? 0 : 1;
}
