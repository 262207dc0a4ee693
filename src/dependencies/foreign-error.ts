/**
 * What may be told of an error that is not ours: its kind, and its code where it has one. What it says may hold an
 * address with a password in it; who may read that finds it as the `cause`.
 */
export function foreignErrorText(error: unknown): string {
  if (!(error instanceof Error)) return "it threw a value that is not an Error";
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && /^[\w.]{1,64}$/.test(code) ? `${error.name} ${code}` : error.name;
}
