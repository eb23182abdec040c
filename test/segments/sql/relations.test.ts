import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RELATIONS } from '../../../lambdas/segments/sql/relations.ts';
import { viewFiles } from '../../../lib/shared/view-files.ts';
import { textOf } from '../../lib/resolved.ts';
import { templates } from '../../support/template.ts';

const LIB = join(import.meta.dirname, '..', '..', '..', 'lib');
const texts = new Map(
  readdirSync(LIB).flatMap((domain) =>
    viewsOf(domain).map((file) => [
      file.replace('.sql', ''),
      readFileSync(join(LIB, domain, 'views', file), 'utf8'),
    ]),
  ),
);
function viewsOf(domain: string): string[] {
  try {
    return readdirSync(join(LIB, domain, 'views'));
  } catch {
    return [];
  }
}

describe('what analyst SQL may read', () => {
  it('is views that the lake has', () => {
    const views = viewFiles().map(({ name }) => name);
    for (const name of Object.keys(RELATIONS)) expect(views).toContain(name);
  });

  it.each(Object.entries(RELATIONS))(
    '%s is kept from reading all days by the column that its header names',
    (name, column) => {
      const header = texts.get(name) ?? '';
      if (column === undefined) expect(header).not.toMatch(/\bFROM \$\{database\}\.(events|ledger)/);
      else expect(header).toMatch(new RegExp(`^--   ${column} .*name it in a predicate`, 'm'));
    },
  );
});

describe('the scan limit', () => {
  it('holds whatever the resolver asks: its statements run in the workgroup that enforces one', () => {
    const all = Object.entries(templates()).flatMap(([stack, { Resources }]) =>
      Object.values(Resources).map((resource) => ({ stack, ...resource })),
    );
    const limited = all.filter(
      ({ Type, Properties }) =>
        Type === 'AWS::Athena::WorkGroup' &&
        (Properties['WorkGroupConfiguration'] as Record<string, unknown>)['EnforceWorkGroupConfiguration'] ===
          true &&
        Number(
          (Properties['WorkGroupConfiguration'] as Record<string, unknown>)['BytesScannedCutoffPerQuery'],
        ) > 0,
    );
    const resolver = all.find(
      ({ Properties }) => Properties['FunctionName'] === 'repoint-test-segments-resolve',
    );
    const environment = resolver?.Properties['Environment'] as
      | { Variables: Record<string, unknown> }
      | undefined;
    const asked = textOf(environment?.Variables['ATHENA_WORKGROUP'] ?? '', resolver?.stack ?? '');
    expect(limited.map(({ Properties }) => Properties['Name'])).toContain(asked);
  });
});
