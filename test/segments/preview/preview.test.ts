import { describe, expect, it } from 'vitest';
import type { ConsentChannel, Consents, MemberProfiles } from '../../../lambdas/members/index.ts';
import type { ListFiles } from '../../../lambdas/segments/list-files.aws.ts';
import { JUDGED, judgePreview } from '../../../lambdas/segments/preview/judge-preview.ts';
import type { PreviewReport } from '../../../lambdas/segments/preview/ports.ts';
import { getPreview, previewRule } from '../../../lambdas/segments/preview/preview-rule.ts';
import { scaledReach } from '../../../lambdas/segments/preview/reach.ts';
import { failed, PREVIEWS, type Resolution, refused } from '../../../lambdas/segments/resolution.ts';
import { resolveSegment } from '../../../lambdas/segments/resolve-segment.ts';
import type { Rule } from '../../../lambdas/segments/rule/rule.ts';
import type { Ctx } from '../../../lambdas/shared/context.ts';
import { ctxAt, resolverOf, START } from '../support/worlds.ts';

const GOLD: Rule = { attribute: 'grade', is: 'GOLD' };
const given = (channel: ConsentChannel, granted = true): Consents => ({
  [channel]: { advertising: { granted, at: '2026-01-01T00:00:00.000Z', how: 'form' } },
});

interface Person {
  readonly consents?: Consents;
  readonly live: readonly ConsentChannel[];
}

/** A deployment with these people, all golden; the worker takes what is queued while the caller sleeps, unless it is `busy`. */
function world(people: Readonly<Record<string, Person>>, busy = false) {
  const ids = Object.keys(people);
  const deps = resolverOf(ids.map((userId) => ({ userId, attributes: { grade: 'GOLD' } })));
  const reports = new Map<string, PreviewReport>();
  const store = {
    put: async (id: string, report: PreviewReport) => void reports.set(id, report),
    get: async (id: string) => reports.get(id),
  };
  const files: ListFiles = {
    files: async (url) => [...deps.lists.parts.keys()].filter((key) => `s3://work/${key}`.startsWith(url)),
    async *read(key) {
      yield Buffer.from(deps.lists.parts.get(key) ?? '');
    },
  };
  const profiles: MemberProfiles = {
    batch: async (userIds) =>
      new Map(
        userIds.map((userId) => [
          userId,
          {
            consents: people[userId]?.consents ?? {},
            addresses: { push: 9, email: 9, sms: 9, kakao: 9 },
            attributes: {},
          },
        ]),
      ),
  };
  const asked: string[] = [];
  const addresses = {
    async of(userId: string) {
      asked.push(userId);
      return new Set(people[userId]?.live ?? []);
    },
  };
  const judging = { files, profiles, addresses, reports: store };
  const worker = { ...deps, previewed: (id: string, url: string) => judgePreview(judging, id, url) };
  const work = async () => {
    for (const { body } of deps.queue.sent.splice(0)) await resolveSegment(worker, ctxAt(deps.time.ms), body);
  };
  const sleep = async (ms: number) => {
    await deps.time.sleep(ms);
    if (!busy) await work();
  };
  const previews = {
    ...deps,
    reports: store,
    names: { of: async (userIds: readonly string[]) => new Map(userIds.map((id) => [id, '홍길동'])) },
    time: { now: deps.time.now, sleep },
  };
  return { previews, asked, work, time: deps.time };
}

/** Asks for a preview whose resolution ends as `end` has it. */
async function endedAs(rule: Rule, end: (running: Resolution) => Resolution) {
  const { previews } = world({}, true);
  const sleep = async () => {
    const id = previews.queue.sent[0]?.body.id ?? '';
    const stored = await previews.resolutions.get(PREVIEWS, id);
    if (stored) await previews.resolutions.replace(stored, end(stored.resolution));
  };
  return previewRule({ ...previews, time: { ...previews.time, sleep } }, ctxAt(START), rule);
}

describe('a preview that fails', () => {
  const sql = { sql: 'SELECT uid AS user_id FROM events' };
  const why = 'Athena refuses the SQL: line 1:8: Column uid cannot be resolved';

  it.each<[Rule, string]>([
    [sql, 'rule.sql'],
    [{ all: [GOLD, { none: [sql] }] }, 'rule.all.1.none.0.sql'],
    [{ any: [sql, { sql: 'SELECT user_id FROM events' }] }, 'rule'],
    // Of a segment that it names.
    [GOLD, 'rule'],
  ])('by SQL that Athena refuses is the caller’s to mend: %j', async (rule, field) => {
    await expect(endedAs(rule, (running) => refused(running, why, START))).rejects.toMatchObject({
      code: 'validation',
      problems: [{ field, message: `${field}: ${why}` }],
    });
  });

  it('for any other reason may be asked for again', async () => {
    await expect(endedAs(sql, (running) => failed(running, 'Athena: busy', START))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Athena: busy'),
    });
  });
});

describe('a preview', () => {
  it('counts on each channel whom a message really gets to, with and without advertising', async () => {
    const { previews } = world({
      a: { live: ['push', 'email'], consents: given('push') },
      b: { live: ['push'], consents: given('push', false) },
      c: { live: ['push'], consents: given('email') },
      bounced: { live: [], consents: given('email') },
    });
    expect(await previewRule(previews, ctxAt(START), GOLD)).toMatchObject({
      state: 'ready',
      count: 4,
      sample: null,
      reach: {
        push: { informational: 3, advertising: 1 },
        email: { informational: 1, advertising: 0 },
        sms: { informational: 0, advertising: 0 },
      },
    });
  });

  it('shows ten members, with names for those alone who may see them', async () => {
    const people = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`u${n}`, { live: [] }]));
    const { previews } = world(people);
    const shown = async (role?: Ctx['role']) => {
      const ctx = ctxAt(START);
      return previewRule(previews, role === undefined ? ctx : { ...ctx, role }, GOLD);
    };
    const masked = await shown();
    expect(masked.members).toHaveLength(10);
    expect(new Set(masked.members?.map(({ name }) => name))).toEqual(new Set(['홍*동']));
    expect(new Set((await shown('admin')).members?.map(({ name }) => name))).toEqual(new Set(['홍길동']));
  });

  it('judges a sample of a large audience, the same each time, and says which share it is', async () => {
    const size = JUDGED * 2;
    const people = Object.fromEntries(
      Array.from({ length: size }, (_, n) => [`u${n}`, { live: ['sms'] as const }]),
    );
    const { previews, asked } = world(people);
    const first = await previewRule(previews, ctxAt(START), GOLD);
    expect(first).toMatchObject({ count: size, sample: { members: JUDGED, share: 0.5 } });
    expect(first.reach?.sms.informational).toBe(size);
    expect(new Set(asked).size).toBe(JUDGED);
    expect((await previewRule(previews, ctxAt(START + 1), GOLD)).members).toEqual(first.members);
  });

  it('that is not ready in the caller’s time is asked for by its id', async () => {
    const { previews, work } = world({ a: { live: ['push'] } }, true);
    const waiting = await previewRule(previews, ctxAt(START, 29_000), GOLD);
    expect(waiting).toMatchObject({ state: 'queued', progress: { step: 'waiting' } });
    expect(previews.time.now()).toBeLessThan(START + 26_000);
    expect(await getPreview(previews, ctxAt(START), waiting.id)).toMatchObject({ state: 'queued' });
    await work();
    expect(await getPreview(previews, ctxAt(START), waiting.id)).toMatchObject({ state: 'ready', count: 1 });
  });

  it('is not found when there is none, or none any more', async () => {
    const { previews } = world({ a: { live: [] } });
    const gone = { code: 'not_found' };
    await expect(getPreview(previews, ctxAt(START), 'x')).rejects.toMatchObject(gone);
    const { id } = await previewRule(previews, ctxAt(START), GOLD);
    const later = ctxAt(START + 15 * 24 * 60 * 60 * 1000);
    await expect(getPreview(previews, later, id)).rejects.toMatchObject(gone);
  });
});

describe('the reach of a sample', () => {
  it('stands for all; of all it is exact', () => {
    const on = (informational: number, advertising: number) => ({ informational, advertising });
    const reach = { push: on(50, 10), email: on(0, 0), sms: on(100, 1), kakao: on(3, 3) };
    expect(scaledReach(reach, 100, 100)).toEqual(reach);
    expect(scaledReach(reach, 100, 1000)).toMatchObject({ push: on(500, 100), sms: on(1000, 10) });
  });
});
