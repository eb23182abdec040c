import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages } from '../../scripts/docs/pages.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const committed = (file: string) =>
  existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : '';

describe('pages made of schemas and views', () => {
  it.each(pages(committed))('$file says what they say now (npm run docs writes it)', ({ file, text }) => {
    expect(committed(file)).toBe(text);
  });

  it.each(pages(committed))('$file leads to no heading that is not there', ({ text }) => {
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, name = '']) =>
      name.toLowerCase().replaceAll(' ', '-'),
    );
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, name]) => name);
    expect(links.filter((name) => !headings.includes(name ?? ''))).toEqual([]);
  });
});
