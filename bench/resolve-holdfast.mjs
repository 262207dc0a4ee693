import { registerHooks } from "node:module";

/*
 * This folder is a package of its own, for the sake of its peers, and Node lets a package import only itself by its
 * name. What is measured is the package around it.
 */
const around = new URL("../package.json", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, /^holdfast(\/|$)/.test(specifier) ? { ...context, parentURL: around } : context),
});
