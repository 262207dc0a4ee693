/**
 * Names and reasons come from anybody. On a terminal, control characters and escape sequences among them would act, and
 * characters that turn the direction of writing would show something else than what is there. They are shown as what
 * they are: `\u001b`.
 */
export const plainText = (text: string): string => text.replace(ACTING, escaped);

/** JSON escapes most of them by itself; these it lets through. */
export const plainJson = (json: string): string => json.replace(ACTING_IN_JSON, escaped);

const DIRECTIONS = "\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb";
const ACTING = new RegExp(`[\\u0000-\\u001f\\u007f-\\u009f${DIRECTIONS}]`, "gu");
const ACTING_IN_JSON = new RegExp(`[\\u007f-\\u009f${DIRECTIONS}]`, "gu");

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
