import { cp, mkdir } from "node:fs/promises";
import { rolldown } from "rolldown";

const bundle = await rolldown({ input: "src/page.ts", platform: "browser" });
await mkdir("dist", { recursive: true });
await bundle.write({ file: "dist/page.js", format: "esm", minify: true });
await bundle.close();
await cp("src/index.html", "dist/index.html");
