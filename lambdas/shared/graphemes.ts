const segmenter = new Intl.Segmenter();

/** What a reader counts as characters (spec: lengths are counted in grapheme clusters). */
export const graphemesOf = (text: string): string[] =>
  [...segmenter.segment(text)].map(({ segment }) => segment);

/** Length in grapheme clusters. */
export const graphemes = (text: string): number => graphemesOf(text).length;
