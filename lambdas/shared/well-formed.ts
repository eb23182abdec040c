/** JSON that every reader takes. Pure. */

/** Half a character as JSON.stringify writes it. Backslashes before it that go together by two belong to the text itself. */
const HALF = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

/**
 * What JSON.stringify made, with U+FFFD for half characters (a text cut inside an emoji, say): JavaScript lets them pass,
 * but one of them makes other readers refuse the whole document, and an engine the whole table.
 */
export const wellFormedJson = (json: string): string =>
  json.includes('\\ud') ? json.replace(HALF, '$1\ufffd') : json;
