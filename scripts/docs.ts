/** npm run docs: writes the pages that follow from schemas and views, and the view of what the tracking plan recommends. A test holds them equal to what this would write. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages } from './docs/pages.ts';

const ROOT = join(import.meta.dirname, '..');

for (const { file, text } of pages((page) => readFileSync(join(ROOT, page), 'utf8')))
  writeFileSync(join(ROOT, file), text);
