const segmenter = new Intl.Segmenter();
/** UTF-16 units segmented at once: the time a segmenter takes grows with the square of its text's length. */
const CHUNK = 512;

/** What a reader counts as characters (spec: lengths are counted in grapheme clusters). */
export function graphemesOf(text: string): string[] {
  const found: string[] = [];
  for (let from = 0, size = CHUNK; from < text.length; ) {
    const end = afterPair(text, from + size);
    const part = [...segmenter.segment(text.slice(from, end))];
    const isLast = end >= text.length;
    // The chunk may have cut its last cluster: the next one begins with it, longer if that is all there was.
    const cut = isLast ? undefined : part.pop();
    for (const { segment } of part) found.push(segment);
    if (isLast) break;
    size = cut?.index === 0 ? size * 2 : CHUNK;
    from += cut?.index ?? 0;
  }
  return found;
}

/** A code point of two units is not cut. */
const afterPair = (text: string, end: number): number =>
  /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end + 1 : end;

/** Length in grapheme clusters. */
export const graphemes = (text: string): number => graphemesOf(text).length;
