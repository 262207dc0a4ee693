// node --import plant-in-node.ts …
//
// Plants the fault of the environment in what Node itself resolves: child processes and worker threads of a test.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { plantOfEnvironment } from "./plant.ts";

const plant = plantOfEnvironment();
if (plant !== undefined) {
  const target = pathToFileURL(plant.target).href;
  const stand = pathToFileURL(plant.stand).href;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      return resolved.url === target && context.parentURL !== stand ? { ...resolved, url: stand } : resolved;
    },
  });
}
