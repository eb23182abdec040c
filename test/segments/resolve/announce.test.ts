import { beforeAll, describe, expect, it } from 'vitest';
import type { QueryState } from '../../../lambdas/segments/ports.ts';
import type { Rule } from '../../../lambdas/segments/rule/rule.ts';
import { loadedAs, toldDuring } from '../../support/metrics.ts';
import { resources } from '../../support/template.ts';

const SERVICE = 'segments-resolve';
const GOLD: Rule = { attribute: 'grade', is: 'GOLD' };
const BOUGHT: Rule = { did: 'purchase', inTheLastDays: 30 };

const parts = async () => ({
  ...(await import('../../../lambdas/segments/resolve-segment.ts')),
  ...(await import('../../../lambdas/segments/request-resolution.ts')),
  ...(await import('../support/worlds.ts')),
});
let segments: Awaited<ReturnType<typeof parts>>;
beforeAll(async () => {
  segments = await loadedAs(SERVICE, parts);
});

/** The figures of one resolution that waits 3 s for its worker, while each page of members takes 1.5 s; and how long it took in all. */
async function told(rule: Rule) {
  const { ctxAt, membersOf, requestResolution, resolverOf, resolveSegment, START } = segments;
  const rows = Array.from({ length: 12 }, (_, n) => ({ userId: `u${n}`, attributes: { grade: 'GOLD' } }));
  const running: QueryState[] = Array.from({ length: 20 }, () => ({ state: 'running' }));
  const deps = resolverOf(rows, ...running, { state: 'succeeded' });
  const whole = membersOf(rows);
  const members = {
    async *scan(of: Parameters<typeof whole.scan>[0]) {
      for await (const page of whole.scan(of)) {
        deps.time.ms += 1500;
        yield page;
      }
    },
  };
  await deps.segments.save({ name: 's', rule, version: 1, createdAt: '', updatedAt: '' }, undefined);
  const { id } = await requestResolution(deps, ctxAt(START), 's');
  deps.time.ms = START + 3_000;
  const figures = await toldDuring(() =>
    resolveSegment({ ...deps, members }, ctxAt(deps.time.ms, 600_000), { segment: 's', id }),
  );
  const done = (await deps.resolutions.get('s', id))?.resolution;
  return {
    figures: figures.filter(({ name }) => name.startsWith('Resolution')),
    tookMs: Date.parse(done?.finishedAt ?? '') - START,
  };
}

describe('the time of a resolution', () => {
  it.each<[string, Rule, string[]]>([
    ['attributes', GOLD, ['ResolutionWaiting', 'ResolutionScanning']],
    ['behaviour', BOUGHT, ['ResolutionWaiting', 'ResolutionQuerying']],
    ['both', { all: [GOLD, BOUGHT] }, ['ResolutionWaiting', 'ResolutionScanning', 'ResolutionQuerying']],
  ])('is told part by part, of %s, and the parts are all of it', async (_, rule, names) => {
    const { figures, tookMs } = await told(rule);
    expect(figures.map(({ name }) => name)).toEqual(names);
    for (const figure of figures)
      expect(figure).toMatchObject({
        namespace: 'Repoint',
        unit: 'Milliseconds',
        dimensions: { service: SERVICE },
      });
    expect(figures[0]?.value).toBe(3_000);
    expect(figures.reduce((sum, { value }) => sum + value, 0)).toBe(tookMs);
    for (const figure of figures.slice(1)) expect(figure.value).toBeGreaterThan(1_000);
  });

  it('is drawn on the page that shows where the time goes', async () => {
    const page = resources('AWS::CloudWatch::Dashboard')
      .map(({ Properties }) => JSON.stringify(Properties))
      .join();
    const { figures } = await told({ all: [GOLD, BOUGHT] });
    for (const { namespace, name, dimensions } of figures)
      expect(page.replaceAll('\\', '')).toContain(
        `"${namespace}","${name}","service","${String(dimensions['service'])}"`,
      );
  });
});
