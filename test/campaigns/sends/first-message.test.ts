import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Resolved } from '../../../lambdas/campaigns/sends/ports.ts';
import { textOf } from '../../lib/resolved.ts';
import { loadedAs, type Told, toldDuring } from '../../support/metrics.ts';
import { resources } from '../../support/template.ts';

const SERVICE = 'campaigns-advance';
const START = Date.parse('2026-11-21T12:00:30.000Z');

const parts = async () => ({
  ...(await import('../../../lambdas/campaigns/create-campaign.ts')),
  ...(await import('../../../lambdas/campaigns/sends/advance-send.ts')),
  ...(await import('../../../lambdas/campaigns/sends/control.ts')),
  ...(await import('../support/memory-engine.ts')),
  ...(await import('../support/worlds.ts')),
});
let campaigns: Awaited<ReturnType<typeof parts>>;
beforeAll(async () => {
  campaigns = await loadedAs(SERVICE, parts);
});

const SMALLEST = {
  ...{ segment: 'cart', title: '안녕하세요', message: '신제품을 소개합니다.' },
  ...{ icon: 'https://example.com/icon.png', image: 'https://example.com/image.png' },
};

/** Milliseconds after the request at which the segment is resolved, its list imported, and the first message out. */
interface Times {
  readonly resolvedMs: number;
  readonly importedMs: number;
  readonly firstMs: number;
  readonly byAthena?: boolean;
}

/** Everything around the send keeps to these times on one clock, which goes by the delays of messages. */
function worldOf({ resolvedMs, importedMs, firstMs, byAthena = false }: Times) {
  const { advanceSend, createCampaign, ctxAt, progressOf, world } = campaigns;
  const clock = { now: START };
  const since = () => clock.now - START;
  const whole = world({
    progress: () => progressOf(10, since() < firstMs ? 10 : since() < firstMs + 9000 ? 4 : 0),
  });
  const ready: Resolved = {
    state: 'ready',
    url: 's3://work/l/',
    members: 10,
    ...(byAthena ? { byAthena } : {}),
  };
  const w = {
    ...whole,
    segments: {
      ...whole.segments,
      resolution: async (): Promise<Resolved> => (since() < resolvedMs ? { state: 'pending' } : ready),
    },
    pinpoint: {
      ...whole.pinpoint,
      importJob: async () =>
        since() < importedMs
          ? ({ state: 'pending', lines: 1 } as const)
          : ({ state: 'completed', segmentId: 'seg' } as const),
    },
  };
  const workOff = async (untilMs = Number.POSITIVE_INFINITY) => {
    for (let next = w.queue.sent[0]; next && since() < untilMs; next = w.queue.sent[0]) {
      w.queue.sent.shift();
      clock.now += next.delaySeconds * 1000;
      await advanceSend(w, ctxAt(clock.now, { actor: 'queue:sends' }), next.body);
    }
  };
  const post = () => createCampaign(w, ctxAt(START, { idempotencyKey: 'k' }), SMALLEST);
  return { w, clock, post, workOff };
}

async function sent(times: Times): Promise<readonly Told[]> {
  return toldDuring(async () => {
    const { post, workOff } = worldOf(times);
    await post();
    await workOff();
  });
}

const figure = (told: readonly Told[], name: string) => told.filter((one) => one.name === name);
/** Between two looks at a send. */
const LOOK_MS = 5_000;

describe('the way to the first message', () => {
  it('is told as the time from the request to the look that sees it, and how long the import took', async () => {
    const ms = (max: number) => fc.integer({ min: 0, max });
    await fc.assert(
      fc.asyncProperty(
        ms(60_000),
        ms(30_000),
        ms(30_000),
        fc.boolean(),
        async (resolve, importing, first, byAthena) => {
          const [resolvedMs, importedMs] = [resolve, resolve + importing];
          const told = await sent({ resolvedMs, importedMs, firstMs: importedMs + first, byAthena });
          const [all, ...more] = figure(told, byAthena ? 'SendFirstMessageAthena' : 'SendFirstMessage');
          expect([more, figure(told, byAthena ? 'SendFirstMessage' : 'SendFirstMessageAthena')]).toEqual([
            [],
            [],
          ]);
          expect(all).toMatchObject({
            namespace: 'Repoint',
            unit: 'Milliseconds',
            dimensions: { service: SERVICE },
          });
          // A look may come late, never early; and it takes three to let a run go.
          expect(all?.value).toBeGreaterThanOrEqual(importedMs + first);
          expect(all?.value).toBeLessThanOrEqual(importedMs + first + 4 * LOOK_MS);
          const [imported, ...again] = figure(told, 'SendImporting');
          expect(again).toEqual([]);
          expect(imported).toMatchObject({ unit: 'Milliseconds', dimensions: { service: SERVICE } });
          expect(imported?.value).toBeGreaterThanOrEqual(Math.max(0, importing - 2 * LOOK_MS));
          expect(imported?.value).toBeLessThanOrEqual(importing + 2 * LOOK_MS);
          expect(all?.value).toBeGreaterThanOrEqual(imported?.value ?? 0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is within the budget when all around is', async () => {
    const byRows = await sent({ resolvedMs: 18_000, importedMs: 24_000, firstMs: 26_000 });
    expect(figure(byRows, 'SendFirstMessage')[0]?.value).toBeLessThanOrEqual(30_000);
    const athena = await sent({ resolvedMs: 78_000, importedMs: 84_000, firstMs: 86_000, byAthena: true });
    expect(figure(athena, 'SendFirstMessageAthena')[0]?.value).toBeLessThanOrEqual(90_000);
  });

  it('is not told of a send that somebody paused before it', async () => {
    const told = await toldDuring(async () => {
      const { ctxAt, pauseSend, resumeSend } = campaigns;
      const { w, clock, post, workOff } = worldOf({ resolvedMs: 5_000, importedMs: 10_000, firstMs: 60_000 });
      const { id } = await post();
      await workOff(20_000);
      const [send] = await w.sends.list(id);
      const ref = { campaignId: id, sendId: send?.id ?? '' };
      await pauseSend(w, ctxAt(clock.now), ref);
      await resumeSend(w, ctxAt(clock.now + 1000), ref);
      await workOff();
      expect((await w.sends.list(id))[0]).toMatchObject({ state: 'completed' });
    });
    expect(told.map(({ name }) => name).filter((name) => name.startsWith('SendFirst'))).toEqual([]);
    expect(figure(told, 'SendImporting')).toHaveLength(1);
  });
});

const alarms = resources('AWS::CloudWatch::Alarm').flatMap(({ Properties }) => {
  const name = String(Properties['AlarmName']).replace('repoint-test-', '');
  return name.startsWith('first-message-late') ? [{ name, ...Properties }] : [];
}) as unknown as readonly {
  readonly name: string;
  readonly MetricName: string;
  readonly Namespace: string;
  readonly ExtendedStatistic: string;
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly Unit?: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}[];

describe('the alarm of a late first message', () => {
  const late = { resolvedMs: 20_000, importedMs: 80_000, firstMs: 95_000 };

  it.each([
    ['members’ rows', 'first-message-late', false, 30_000],
    ['Athena', 'first-message-late-athena', true, 90_000],
  ])('watches, with %s, the very figure that a late send tells', async (_, name, byAthena, budgetMs) => {
    const alarm = alarms.find((one) => one.name === name);
    const watched = {
      namespace: alarm?.Namespace,
      name: alarm?.MetricName,
      dimensions: Object.fromEntries(
        (alarm?.Dimensions ?? []).map(({ Name, Value }) => [Name, textOf(Value, 'RepointOps')]),
      ),
    };
    const figures = (await sent({ ...late, byAthena })).filter(
      (told) =>
        JSON.stringify([told.namespace, told.name, told.dimensions]) ===
        JSON.stringify(Object.values(watched)),
    );
    expect(figures).toHaveLength(1);
    expect(alarm).toMatchObject({
      Threshold: budgetMs,
      ComparisonOperator: 'GreaterThanThreshold',
      ExtendedStatistic: 'p90',
    });
    expect(figures[0]?.value).toBeGreaterThan(alarm?.Threshold ?? Number.POSITIVE_INFINITY);
    const early = await sent({ resolvedMs: 2_000, importedMs: 4_000, firstMs: 6_000, byAthena });
    expect(early.find((told) => told.name === watched.name)?.value).toBeLessThan(alarm?.Threshold ?? 0);
  });

  it('knows the function by the name under which it tells its figures', () => {
    const fn = resources('AWS::Lambda::Function').find(
      ({ Properties }) => Properties['FunctionName'] === `repoint-test-${SERVICE}`,
    );
    expect(fn?.Properties['Environment']).toMatchObject({ Variables: { POWERTOOLS_SERVICE_NAME: SERVICE } });
  });

  it('sounds beyond the budgets that the documents state, whose parts add up to them', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'segments.md'), 'utf8');
    const [, section = ''] = text.split('## From request to first message');
    const seconds = (cell = '') => Number(/^(\d+) s/.exec(cell.trim())?.[1] ?? 0);
    const rows = (section.split('\n## ')[0] ?? '')
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(2)
      .map((line) => line.split('|').slice(1, -1))
      .map(([what = '', , byRows, byAthena]) => ({ what, s: [seconds(byRows), seconds(byAthena)] }));
    const total = rows.find(({ what }) => what.includes('all of it'))?.s;
    const sum = (column: 0 | 1) =>
      rows
        .filter(({ what }) => !what.includes('all of it'))
        .reduce((all, { s }) => all + (s[column] ?? 0), 0);
    expect([sum(0), sum(1)]).toEqual(total);
    expect(alarms.map(({ Threshold }) => Threshold / 1000).sort((a, b) => a - b)).toEqual(total);
  });
});
