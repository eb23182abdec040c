import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useQuery } from '../../lambdas/campaigns/estimate/month-use.aws.ts';
import { resultsQuery } from '../../lambdas/campaigns/variants/variant-results.aws.ts';
import { eventsStatement } from '../../lambdas/events/compaction/events-statement.ts';
import { ledgerStatement } from '../../lambdas/events/compaction/ledger-statement.ts';
import { leftStatement, turnsStatement } from '../../lambdas/members/erasure/lake-statements.ts';
import { endpointsStatement, ledgerLeftStatement } from '../../lambdas/members/erasure/ledger-statements.ts';
import { compileRule } from '../../lambdas/segments/compile/compile-rule.ts';
import { eventsOf, holdingOf } from '../../lambdas/segments/membership/person-statements.ts';
import { unloadOf } from '../../lambdas/segments/resolve/unload.ts';
import type { PlainRule } from '../../lambdas/segments/rule/plain.ts';
import { parseView } from '../../lib/shared/view-files.ts';
import { NOW, rule } from '../segments/naive/generate.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SEED = 20261122;
const EACH = 100;

const files = ['lib', 'lambdas', 'local']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      join(ROOT, folder, file),
    ),
  )
  .filter((file) => file.endsWith('.sql'))
  .sort()
  .map((file) => ({ file: relative(ROOT, file), text: readFileSync(file, 'utf8') }));

const FIRST = new Date('2020-01-01T00:00:00Z');
const LAST = new Date('2099-12-31T00:00:00Z');
const ms = fc.date({ min: FIRST, max: LAST, noInvalidDate: true }).map((date) => date.getTime());
const day = ms.map((at) => new Date(at).toISOString().slice(0, 10));
/** Whatever a user id or a name may hold: quotes, comments, line ends, any script. U+0000 is refused before. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom("'", "''", '--', "'; DROP TABLE x; --", '\\', '/*', '\n', '한글😀'),
  )
  .filter((value) => !value.includes('\0'));
const target = fc.constant('s3://bucket/prefix/');

const behaviour = fc
  .record({
    did: text,
    didNot: fc.option(text, { nil: undefined }),
    days: fc.integer({ min: 1, max: 365 }),
    now: ms,
    target,
  })
  .map(({ did, didNot, days, now, target }) => {
    const count = (name: string, atLeast: number): PlainRule => ({
      kind: 'count',
      event: { name, where: [] },
      window: { kind: 'last', ms: days * 24 * 60 * 60 * 1000 },
      atLeast,
      ...(atLeast === 0 ? { atMost: 0 } : {}),
    });
    const none = didNot === undefined ? [] : [count(didNot, 0)];
    const rule: PlainRule = { kind: 'all', of: [count(did, 1), ...none] };
    return unloadOf(compileRule(rule, { now, timeZone: 'Asia/Seoul', retentionDays: 730 }).select, target);
  });
const turn = fc.record({
  anonymousId: text,
  afterMs: fc.option(ms, { nil: undefined }),
  toMs: fc.option(ms, { nil: undefined }),
});
const person = fc.record({
  id: text,
  userId: text,
  turns: fc.array(turn, { maxLength: 3 }),
  untilMs: ms,
  endpoints: fc.array(text, { maxLength: 3 }),
  key: fc.option(text, { nil: undefined }),
});
const rewriting = fc.record({
  partition: fc.record({ filed: fc.constantFrom('occurred', 'received'), day }),
  previous: fc.option(text, { nil: undefined }),
  version: text,
  target,
  erased: fc.array(person, { maxLength: 4 }),
});
const results = fc
  .tuple(
    text,
    fc.oneof(
      text,
      day.map((of) => `c1-${of.replaceAll('-', '')}T0900`),
    ),
  )
  .map(([campaignId, sendId]) => resultsQuery(campaignId, sendId));

/** UNLOAD is Athena's own: Trino's parser reads what it writes, and the rest is of one form. */
const UNLOAD = /^UNLOAD \(\n([\s\S]*)\n\) TO '[^']*' WITH \((?:\w+ = '\w+'(?:, )?)+\)$/;
function selected(statement: string): string {
  const select = UNLOAD.exec(statement)?.[1];
  if (select === undefined) throw new Error(`No UNLOAD of the known form: ${statement}`);
  return select;
}

/** What the parser says of each statement: `ok`, or where it stopped and why. */
function parse(statements: readonly string[]): Promise<string[]> {
  const classPath = process.env['REPOINT_TRINO'] ?? '';
  return new Promise((resolve, reject) => {
    const java = execFile(
      'java',
      ['-cp', classPath, 'Parse'],
      { maxBuffer: 2 ** 26 },
      (error, stdout, stderr) =>
        error ? reject(new Error(stderr, { cause: error })) : resolve(stdout.trimEnd().split('\n')),
    );
    java.stdin?.end(statements.map((statement) => Buffer.from(statement).toString('base64')).join('\n'));
  });
}

async function refused(statements: readonly string[]) {
  expect(statements.length).toBeGreaterThan(0);
  const said = await parse(statements);
  expect(said).toHaveLength(statements.length);
  return statements.flatMap((statement, index) =>
    said[index] === 'ok' ? [] : [{ statement, said: said[index] }],
  );
}

const some = (statements: fc.Arbitrary<string>): string[] =>
  fc.sample(statements, { numRuns: EACH, seed: SEED });

describe('Trino’s own parser', () => {
  it('refuses what is no SQL', async () => {
    expect(
      await parse(['SELECT 1', 'SELECT FROM WHERE', "SELECT 'a", 'SELECT QUALIFY FROM t QUALIFY 1 = 1']),
    ).toEqual([
      'ok',
      expect.stringContaining('mismatched input'),
      expect.stringContaining('ParsingException'),
      expect.stringContaining('ParsingException'),
    ]);
  });

  it('reads every .sql file, and the example in its header', async () => {
    const views = files.map(({ file, text }) => parseView(file, text).sql.replaceAll('${database}', 'db'));
    const examples = files.map(({ text }) => /^-- example: (.*?);?$/m.exec(text)?.[1] ?? '');
    expect(await refused([...views, ...examples])).toEqual([]);
  });

  it('reads the statements of behaviour segments, whatever the events are called', async () => {
    expect(await refused(some(behaviour).map(selected))).toEqual([]);
  });

  it('reads the statement of any rule', async () => {
    const asked = { now: NOW, timeZone: 'Asia/Seoul', retentionDays: 60 };
    const selects = rule.map((one) => compileRule(one, asked, { resolution: "r'1" }).select);
    expect(await refused(fc.sample(selects, { numRuns: 3 * EACH, seed: SEED }))).toEqual([]);
  });

  it('reads what is asked about one person, whatever they are called', async () => {
    const asked = { now: NOW, timeZone: 'Asia/Seoul', retentionDays: 60 };
    const compared: PlainRule = {
      kind: 'computed',
      value: 'revenue',
      window: { kind: 'kept' },
      test: { operator: 'topPercent', bound: 10 },
    };
    const statements = text.map((userId) => [
      eventsOf(userId, { from: '2026-10-01' }, ['properties']),
      holdingOf(userId, [{ place: 0, condition: compared }], asked) ?? '',
    ]);
    expect(await refused(fc.sample(statements, { numRuns: EACH, seed: SEED }).flat())).toEqual([]);
  });

  it('reads the statements of compactions, whoever was erased', async () => {
    for (const statement of [eventsStatement, ledgerStatement])
      expect(await refused(some(rewriting.map(statement)).map(selected))).toEqual([]);
  });

  it('reads what an erasure asks of the lake, whoever asks for it', async () => {
    const people = fc.array(person, { minLength: 1, maxLength: 4 });
    const ofLedger = people.map((some) => ledgerLeftStatement(some, ({ untilMs }) => untilMs));
    const asked = [
      people.map(leftStatement),
      people.map(turnsStatement),
      people.map(endpointsStatement),
      ofLedger,
    ];
    expect(await refused(asked.flatMap(some))).toEqual([]);
  });

  it('reads the questions for the results of variants and for the use of a month', async () => {
    expect(await refused([...some(results), ...some(ms.map(useQuery))])).toEqual([]);
  });
});
