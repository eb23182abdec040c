import { type Helper, helper } from './helper.ts';

const segmenter = new Intl.Segmenter();

/** What a reader counts as characters (grapheme clusters). */
function characters(text: string): readonly string[] {
  // Plain ASCII, a carriage return apart, has no clusters.
  if (/^[\n\x20-\x7e]*$/.test(text)) return text.split('');
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

const slice = (text: string, start: number, end?: number): string =>
  characters(text).slice(start, end).join('');

const upperFirst = (text: string): string => text.replace(/^./su, (first) => first.toUpperCase());

const words = (text: string, change: (word: string) => string): string => text.replaceAll(/\S+/g, change);

/** `count` characters of a pad that is repeated. */
function filling(pad: string, count: number): string {
  const own = characters(pad === '' ? ' ' : pad);
  return Array.from({ length: Math.max(0, count) }, (_, index) => own[index % own.length]).join('');
}

/** What a text lacks to a width, in characters. */
const lacking = (text: string, width: number): number => Math.max(0, width - characters(text).length);

const padded = (pad: (text: string, width: number, fill: string) => string): Helper =>
  helper({
    params: ['text', 'width'],
    needs: 1,
    named: { size: 'width', pad: 'text' },
    run: ([text = '', width], { size, pad: fill = ' ' }) => pad(text, size ?? width ?? 0, fill),
  });

const changed = (change: (text: string) => string): Helper =>
  helper({ params: ['text', 'text'], needs: 1, otherwise: 1, run: ([text = '']) => change(text) });

/** Pinpoint's helpers for texts, as Handlebars.java has them; lengths and positions are counted in characters as a reader does. */
export const TEXTS = {
  abbreviate: helper({
    params: ['text', 'short'],
    run: ([text = '', width = 0]) =>
      characters(text).length <= width ? text : `${slice(text, 0, width - 3)}...`,
  }),
  capitalize: helper({
    params: ['text', 'text'],
    needs: 1,
    otherwise: 1,
    named: { fully: 'truth' },
    run: ([text = ''], { fully }) => words(fully ? text.toLowerCase() : text, upperFirst),
  }),
  capitalizeFirst: changed(upperFirst),
  center: padded((text, width, fill) => {
    const before = Math.floor(lacking(text, width) / 2);
    return filling(fill, before) + text + filling(fill, lacking(text, width) - before);
  }),
  cut: helper({
    params: ['text', 'text'],
    needs: 1,
    run: ([text = '', strip = ' ']) => (strip === '' ? text : text.replaceAll(strip, () => '')),
  }),
  join: helper({
    params: ['list', 'text'],
    endless: true,
    named: { prefix: 'text', suffix: 'text' },
    run: ([list = [], ...texts], { prefix = '', suffix = '' }) => {
      const separator = texts.at(-1) ?? '';
      const all = [...list, ...texts.slice(0, -1).map((text) => text ?? '')];
      return prefix + all.join(separator) + suffix;
    },
  }),
  ljust: padded((text, width, fill) => text + filling(fill, lacking(text, width))),
  lower: changed((text) => text.toLowerCase()),
  replace: helper({
    params: ['text', 'text', 'text'],
    run: ([text = '', target = '', replacement = '']) => text.replaceAll(target, () => replacement),
  }),
  rjust: padded((text, width, fill) => filling(fill, lacking(text, width)) + text),
  // Letters and blanks only: Handlebars.java leaves out digits too.
  slugify: changed((text) =>
    text
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\s]/gu, '')
      .replaceAll(/\s/g, '-'),
  ),
  stripTags: changed((text) => text.replaceAll(/<[^>]*>/g, '')),
  substring: helper({
    params: ['text', 'whole', 'whole'],
    needs: 2,
    run: ([text = '', start = 0, end]) => slice(text, start, end),
  }),
  upper: changed((text) => text.toUpperCase()),
  yesno: helper({
    params: ['truth'],
    takesMissing: true,
    named: { yes: 'text', no: 'text', maybe: 'text' },
    run: ([truth], { yes = 'yes', no = 'no', maybe = 'maybe' }) =>
      truth === undefined ? maybe : truth ? yes : no,
  }),
} satisfies Record<string, Helper>;
