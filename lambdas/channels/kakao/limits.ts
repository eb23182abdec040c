/**
 * How long the texts of a Kakao message may be, in grapheme clusters after substitution: spec §6 for the carousel and
 * the wide list's items; Kakao's business message guide (text and button of brand messages and 알림톡, header and item
 * titles of the wide list), as its partners publish it, November 2026.
 */
export const LIMITS = {
  alimtalk: { title: 50, text: 1000, label: 14 },
  text: { text: 1300, lineBreaks: 99, label: 14 },
  carousel: { title: 20, text: 180, label: 8 },
  wideList: { header: 20, firstTitle: 25, title: 30, label: 8 },
} as const;

/** The label of advertising stands in the header that Kakao itself adds to a brand message. */
export const IMAGE = /^https:\/\/\S+\.(?:jpe?g|png)(?:[?#]\S*)?$/i;
export const LINK = /^https?:\/\/\S+$/i;
