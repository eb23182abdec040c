import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FACETS, ITEM_SOURCES, variables } from '../../../lambdas/campaigns/personalisation/variables.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'personalisation.md'), 'utf8');

it('the page of short forms tells every spelling there is, and none that is not', () => {
  const { spellings, named } = variables();
  const plain = spellings.filter((spelling) => !spelling.includes('_'));
  for (const spelling of plain) expect(page).toContain(`#{${spelling}}`);
  for (const { spellings: own } of FACETS)
    for (const spelling of own) expect(page).toContain(`#{${spelling}_…}`);
  for (const { spellings: own } of ITEM_SOURCES)
    for (const spelling of own) expect(page).toContain(`\`${spelling}\``);
  const told = [...page.matchAll(/(?<!\\)#\{([^}\n]+)\}/g)].map(([, spelling = '']) => spelling);
  const unknown = told.filter((spelling) => !named(spelling.replace('…', '최근 본 상품')));
  expect(unknown).toEqual([]);
});
