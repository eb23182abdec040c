/** UTF-8 has at most three bytes for what a string counts as one. */
const MOST_BYTES = 3;

/** Whether a text has more than `limit` bytes as UTF-8; they are counted only where its length leaves that open. */
export const isLonger = (text: string, limit: number): boolean =>
  text.length * MOST_BYTES > limit && Buffer.byteLength(text) > limit;

/** How many bytes a text has as UTF-8. */
export const bytesOf = (text: string): number => Buffer.byteLength(text);
