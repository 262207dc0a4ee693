import { render } from "preact";
import { createConnection } from "./connection.ts";
import { followOffer } from "./faults/faults-offered.ts";
import { App } from "./shell/app.tsx";
import { applyTheme } from "./shell/theme.ts";

applyTheme();
const connection = createConnection({ url: new URL(".", document.baseURI) });
connection.start();
followOffer(connection);
const root = document.getElementById("console");
if (root !== null) render(<App connection={connection} />, root);
