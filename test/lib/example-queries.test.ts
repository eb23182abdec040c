import { describe, expect, it } from 'vitest';
import { viewFiles } from '../../lib/shared/view-files.ts';
import { lakeFixture } from '../local/aws/support/lake-fixture.ts';
import { resources } from '../support/template.ts';

const views = viewFiles();
const lake = lakeFixture(...views.map(({ name }) => name));
const queries = resources('AWS::Athena::NamedQuery').map(({ Properties }) => Properties);
const [workgroup] = resources('AWS::Athena::WorkGroup');

describe('saved queries', () => {
  it('are the examples of all views, in the database and the workgroup that has them', () => {
    const shown = queries.map(({ Name, QueryString }) => [Name, QueryString]).sort();
    expect(shown).toEqual(views.map(({ name, parts }) => [name, parts.get('example')]).sort());
    for (const { Database, WorkGroup } of queries)
      expect([Database, WorkGroup]).toEqual(['repoint_test', { Ref: workgroup?.id }]);
  });

  it.each(views.map(({ name, parts }) => [name, parts.get('example') ?? '']))(
    'of %s run as they stand',
    async (_, example) => {
      expect(await lake.query(example)).toBeInstanceOf(Array);
    },
  );
});

describe('the workgroup', () => {
  it('stops a query that would scan more than the configured limit, whatever its caller asks for', () => {
    const { EnforceWorkGroupConfiguration: enforced, BytesScannedCutoffPerQuery: limit } = (workgroup
      ?.Properties['WorkGroupConfiguration'] ?? {}) as Record<string, unknown>;
    expect(enforced).toBe(true);
    expect(limit).toBeGreaterThanOrEqual(10 * 1024 ** 2);
    expect(limit).toBeLessThanOrEqual(1024 ** 4);
  });
});
