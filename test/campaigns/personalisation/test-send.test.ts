import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../lambdas/campaigns/campaign.ts';
import { messageConfiguration } from '../../../lambdas/campaigns/message.ts';
import { type PostTestDeps, postTest } from '../../../lambdas/campaigns/personalisation/post-test.ts';
import {
  saysInTest,
  testerLines,
  testerProblems,
  testOf,
  testRequest,
} from '../../../lambdas/campaigns/personalisation/test-send.ts';
import { answerHook } from '../../../lambdas/campaigns/policy/answer-hook.ts';
import { cryptoIds } from '../../../lambdas/shared/ids.ts';
import { eventOf, worldOf } from '../policy/support/hook.ts';
import { says } from './support/worlds.ts';

const CONTENT = { title: '{{User.UserAttributes.name}}님', message: '{{Attributes.coupon}}' };
const SAYS = says(CONTENT, {
  purpose: 'advertising',
  coupon: { pool: 'spring' },
  policy: { label: true, night: 'drop', caps: { perDay: 1 } },
  variants: [
    { id: '0', name: 'A', weight: 5000, content: { title: 'a', message: 'a' } },
    { id: '1', name: 'B', weight: 5000, content: CONTENT },
  ],
});
const TEST = { campaignId: 'c1', version: 3, variantId: '1' };

describe('the Pinpoint campaign of a test', () => {
  const request = testRequest({ says: SAYS, asksPolicy: true }, 'policy', { ...TEST, segmentId: 's1' });

  it('says what a real one says to that variant, at once and to the list alone', () => {
    expect(request.MessageConfiguration).toEqual(messageConfiguration({ channel: 'push', ...CONTENT }));
    expect(request).toMatchObject({
      Name: '[TEST] 겨울',
      SegmentId: 's1',
      Schedule: { StartTime: 'IMMEDIATE' },
      Hook: { LambdaFunctionName: 'policy', Mode: 'FILTER' },
    });
  });

  it('is known by its tags, and counts in no result', () => {
    expect(testOf(request.tags ?? {})).toEqual(TEST);
    expect(testOf({ 'repoint:campaign': 'c1', 'repoint:send': 's' })).toBeUndefined();
    expect(request.tags).not.toHaveProperty('repoint:campaign');
  });
});

describe('the hook, asked about a test', () => {
  it('keeps nobody back for rules, counts nobody and gives no code, but gives values', async () => {
    const world = worldOf();
    world.reaches.set('u0', { consents: {} });
    world.values.set('u0', { 'Attributes.last_viewed_name': ['코트'] });
    const asked = {
      ...world,
      sends: { find: async () => ({ campaignId: 'c1', sendId: '', ...saysInTest(SAYS, '1') }) },
    };
    const Body = '{{Attributes.coupon}} {{Attributes.last_viewed_name}}';
    const event = eventOf(['u0', 'u1'], { message: { GCMMessage: { Body } } });
    for (let time = 0; time < 2; time++)
      expect(await answerHook(asked, world.now, event)).toEqual({
        'push:u0': { Attributes: { last_viewed_name: ['코트'], coupon: ['[쿠폰 번호]'] } },
        'push:u1': { Repoint: { Skip: 'MISSING_VALUE' } },
      });
    expect(world.contacts.rows.size).toBe(0);
  });
});

describe('POST /campaigns/{id}/test', () => {
  const campaign = { ...SAYS, id: 'c1', version: 3 } as Campaign;
  /** The engine's import is done at the third look. */
  function world(change: Partial<PostTestDeps> = {}) {
    const made = new Map<string, unknown>();
    let now = 0;
    let looks = 0;
    const deps: PostTestDeps = {
      campaigns: { get: async (id) => (id === 'c1' ? campaign : undefined) },
      versions: { keep: async ({ version }) => void made.set('version', version) },
      endpoints: { of: async (userId) => (userId === 'nobody' ? undefined : []) },
      lists: {
        write: async (key, lines) => {
          made.set('list', lines);
          return `s3://work/segments/tests/${key}/`;
        },
      },
      saying: { templatesOf: async () => ({}), said: async (own) => ({ says: own, asksPolicy: true }) },
      pinpoint: {
        createImport: async (key, list) => {
          made.set(key, list.url);
          return 'job';
        },
        importJob: async () =>
          ++looks < 3 ? { state: 'pending', lines: 0 } : { state: 'completed', segmentId: 's1' },
        createCampaign: async (key, request) => {
          made.set(key, request);
          return 'p1';
        },
      },
      settings: { policyFunction: 'policy' },
      ids: cryptoIds,
      time: {
        now: () => now,
        sleep: async (ms) => {
          now += ms;
        },
      },
      ...change,
    };
    return { deps, made };
  }
  const ctx = { actor: 'key', requestId: 'r', now: 0, deadline: 29_000, idempotencyKey: 'once' };

  it('sends the variant to each listed member once, and keeps the version that the hook looks up', async () => {
    const { deps, made } = world();
    const body = { userIds: ['u1', 'u"2', 'u1'], variant: 'B' };
    expect(await postTest(deps, ctx, 'c1', body)).toEqual({
      pinpointCampaignId: 'p1',
      variant: '1',
      members: 2,
    });
    expect(made.get('list')).toBe('{"User":{"UserId":"u1"}}\n{"User":{"UserId":"u\\"2"}}\n');
    expect(made.get('version')).toBe(3);
  });

  it('makes nothing twice for one Idempotency-Key', async () => {
    const { deps, made } = world();
    await postTest(deps, ctx, 'c1', { userIds: ['u1'] });
    const first = [...made.keys()];
    await postTest(deps, ctx, 'c1', { userIds: ['u1'] });
    expect([...made.keys()]).toEqual(first);
  });

  it('gives up in time when the import lasts, and says that a repeat goes on', async () => {
    const { deps } = world({
      pinpoint: {
        ...world().deps.pinpoint,
        importJob: async () => ({ state: 'pending', lines: 0 }),
      },
    });
    const lasting = postTest(deps, ctx, 'c1', { userIds: ['u1'] });
    await expect(lasting).rejects.toMatchObject({ code: 'unavailable' });
    expect(deps.time.now()).toBeLessThan(ctx.deadline);
  });

  it('is refused for nobody, too many, somebody unknown, and a campaign that is not there', async () => {
    const { deps, made } = world();
    const wrong = [[], [' '], ['u1', 'nobody'], Array.from({ length: 21 }, (_, index) => `u${index}`)];
    for (const userIds of wrong)
      await expect(postTest(deps, ctx, 'c1', { userIds })).rejects.toMatchObject({ code: 'validation' });
    await expect(postTest(deps, ctx, 'c2', { userIds: ['u1'] })).rejects.toMatchObject({ code: 'not_found' });
    expect(made.size).toBe(0);
    expect(testerProblems(['u1'])).toEqual([]);
    expect(testerLines([])).toBe('');
  });
});
