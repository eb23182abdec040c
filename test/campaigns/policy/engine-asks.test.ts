import type { ActivityResponse } from '@aws-sdk/client-pinpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoCoupons } from '../../../lambdas/campaigns/coupons/coupon-store.aws.ts';
import { dynamoPools } from '../../../lambdas/campaigns/coupons/pool-store.aws.ts';
import { dynamoPersonalValues } from '../../../lambdas/campaigns/personalisation/personal-values.aws.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import { answerHook } from '../../../lambdas/campaigns/policy/answer-hook.ts';
import { dynamoContacts } from '../../../lambdas/campaigns/policy/contact-store.aws.ts';
import type { HookEvent } from '../../../lambdas/campaigns/policy/hook.ts';
import { taggedSends } from '../../../lambdas/campaigns/policy/send-finder.aws.ts';
import { textNeeds } from '../../../lambdas/campaigns/policy/text-needs.ts';
import { SKIP_REASONS } from '../../../lambdas/campaigns/policy/why.ts';
import { countsOf } from '../../../lambdas/campaigns/sends/activity-counts.ts';
import { newSend } from '../../../lambdas/campaigns/sends/send.ts';
import { dynamoSends } from '../../../lambdas/campaigns/sends/send-store.aws.ts';
import { dynamoVersions } from '../../../lambdas/campaigns/sends/version-store.aws.ts';
import { dynamoTemplates } from '../../../lambdas/campaigns/templates/template-store.aws.ts';
import { dynamoMemberReaches } from '../../../lambdas/members/index.ts';
import { dynamoMembers } from '../../../lambdas/members/member-store.aws.ts';
import { definitionOf } from '../../../lambdas/pinpoint/endpoints/definition.ts';
import { hookEvent } from '../../../lambdas/pinpoint/hooks/hook.ts';
import { runHook } from '../../../lambdas/pinpoint/hooks/run-hook.ts';
import { METRIC_NAMES } from '../../../lambdas/pinpoint/runs/metrics.ts';
import { someMember } from '../../members/member-store.contract.ts';
import { tableName } from '../../support/tables.ts';
import { pinpointWire } from '../support/pinpoint-wire.ts';
import { agreed, alsoAtNight, SAYS } from './support/hook.ts';
import { SEOUL, seoul, settings } from './support/rules.ts';
import { type Dynamo, startTables } from './support/tables.ts';

const APP = '0123456789abcdef0123456789abcdef';
const RUN = 'fedcba9876543210fedcba9876543210';
const CAMPAIGN = { ...SAYS, id: 'c1', version: 3, coupon: { pool: 'spring' } };
const SEND = newSend(CAMPAIGN, '2026-11-22T12:00:00.000Z', { at: 0, by: 'tick', windowMs: 0 });
const BODY = '{{User.UserAttributes.name}}님 쿠폰 {{Attributes.coupon}}';

let dynamo: Dynamo;
const table = (name: string): string => tableName(name);

beforeAll(async () => {
  dynamo = await startTables('campaigns', 'members', 'member-state', 'contacts', 'coupons');
  const { client } = dynamo;
  await dynamoVersions(table('campaigns'), client).keep(CAMPAIGN as never);
  await dynamoSends(table('campaigns'), client).create(SEND);
  await dynamoPools(table('coupons'), client).add('spring', ['A', 'B', 'C']);
  const members = dynamoMembers(table('members'), client);
  const { consents } = agreed();
  const night = alsoAtNight.consents;
  await Promise.all(
    [
      { ...someMember('kim'), consents: night },
      { ...someMember('lee'), consents: night },
      { ...someMember('day'), consents },
      { ...someMember('new york'), consents, texts: { timeZone: 'America/New_York' } },
      { ...someMember('no'), consents: {} },
    ].map((member) => members.put(member, 0)),
  );
});
afterAll(() => dynamo.close());

/** The hook as its function is wired, but for the engine's client. */
function hookAt(now: number) {
  const { client } = dynamo;
  const tags = { 'repoint:campaign': CAMPAIGN.id, 'repoint:send': SEND.id };
  const pinpoint = pinpointWire({
    [`GET /ID/campaigns/ID`]: { status: 200, body: { Id: RUN, tags } },
  });
  const deps = {
    sends: taggedSends({
      pinpoint: pinpoint.client,
      sends: dynamoSends(table('campaigns'), client),
      versions: dynamoVersions(table('campaigns'), client),
    }),
    members: dynamoMemberReaches(table('members'), client),
    contacts: dynamoContacts(table('contacts'), client),
    coupons: dynamoCoupons(table('coupons'), client),
    needs: textNeeds({ templates: dynamoTemplates(table('campaigns'), client), variables: variables() }),
    personal: dynamoPersonalValues(table('member-state'), { currency: 'KRW', locale: 'ko-KR' }, client),
    settings: settings({ defaultCaps: { perDay: 1 }, timeZone: SEOUL }),
    random: Math.random,
  };
  return {
    received: pinpoint.received,
    // What goes over the wire is JSON.
    filter: async (_name: string, event: unknown): Promise<unknown> =>
      JSON.parse(JSON.stringify(await answerHook(deps, now, JSON.parse(JSON.stringify(event)) as HookEvent))),
  };
}

const endpoint = (userId: string, name?: string) =>
  definitionOf({
    ChannelType: 'GCM',
    Address: `token-${userId}`,
    EndpointStatus: 'ACTIVE',
    'User.UserId': userId,
    ...(name === undefined ? {} : { 'User.UserAttributes.name': [name] }),
  });

async function verdicts(hook: ReturnType<typeof hookAt>, endpoints: ReadonlyMap<string, object>) {
  const run = {
    applicationId: APP,
    campaignId: RUN,
    treatmentId: '0',
    activityId: 'a',
    scheduledTime: SEND.scheduledFor,
    message: { GCMMessage: { Title: 't', Body: BODY } },
  };
  const eventOf = (ids: readonly string[]) =>
    hookEvent(run, new Map([...endpoints].filter(([id]) => ids.includes(id))) as never);
  return runHook({ hook, sleep: async () => undefined }, 'campaigns-policy', eventOf, [...endpoints.keys()]);
}

describe('the engine asking the hook', () => {
  const endpoints = new Map([
    ['kim/1', endpoint('kim', '김서연')],
    ['kim/2', endpoint('kim', '김서연')],
    ['lee', endpoint('lee')],
    ['day', endpoint('day', '이도윤')],
    ['new york', endpoint('new york', 'Ann')],
    ['no', endpoint('no', '박')],
    ['gone', endpoint('gone', '최')],
  ]);

  it('understands every answer, and gets the same one when it asks again', async () => {
    const hook = hookAt(seoul('2026-11-22T22:30'));
    const first = await verdicts(hook, endpoints);
    const coupon = (id: string) => {
      const verdict = first.get(id);
      return verdict?.kind === 'keep' ? verdict.attributes?.['coupon']?.[0] : undefined;
    };
    expect(first.get('day')).toEqual({ kind: 'wait', notBefore: seoul('2026-11-23T08:00') });
    expect(first.get('lee')).toEqual({ kind: 'skip', reason: 'MISSING_VALUE' });
    expect(first.get('no')).toEqual({ kind: 'skip', reason: 'NO_ADVERTISING_CONSENT' });
    expect(first.get('gone')).toEqual({ kind: 'skip', reason: 'MEMBER_GONE' });
    expect(coupon('kim/1')).toMatch(/^[ABC]$/);
    expect(coupon('kim/2')).toBe(coupon('kim/1'));
    expect(coupon('new york')).toMatch(/^[ABC]$/);
    expect(coupon('new york')).not.toBe(coupon('kim/1'));
    expect(await verdicts(hook, endpoints)).toEqual(first);
    // The run is looked up once for all its calls.
    expect(hook.received.map(({ operation }) => operation)).toEqual(['GET /ID/campaigns/ID']);
  });

  it('withholds every message of a run that is none of a send', async () => {
    const stranger = hookAt(seoul('2026-11-22T12:00'));
    const foreign = pinpointWire({ 'GET /ID/campaigns/ID': { status: 200, body: { Id: RUN } } });
    const deps = {
      sends: dynamoSends(table('campaigns'), dynamo.client),
      versions: dynamoVersions(table('campaigns'), dynamo.client),
    };
    const finder = taggedSends({ pinpoint: foreign.client, ...deps });
    await expect(finder.find(APP, RUN)).rejects.toThrow(/no run of a send/);
    const failing = {
      ...stranger,
      filter: async () => {
        await finder.find(APP, RUN);
      },
    };
    const [verdict] = (await verdicts(failing, endpoints)).values();
    expect(verdict).toMatchObject({ kind: 'failed', text: expect.stringContaining('no run of a send') });
  });

  it('reads what a stored template needs from the version that goes out, not from the one that is active by now', async () => {
    const [sends, versions] = [dynamoSends, dynamoVersions].map((store) =>
      store(table('campaigns'), dynamo.client),
    ) as [ReturnType<typeof dynamoSends>, ReturnType<typeof dynamoVersions>];
    const variants = [{ id: '0', name: 'A', weight: 10_000, content: { template: { name: 'welcome' } } }];
    const campaign = { ...CAMPAIGN, id: 'c2', variants };
    await versions.keep(campaign as never);
    const send = newSend(campaign, SEND.scheduledFor, { at: 0, by: 'tick', windowMs: 0 });
    await sends.create({ ...send, templates: { welcome: '4' } });
    const tags = { 'repoint:campaign': 'c2', 'repoint:send': send.id };
    const wire = pinpointWire({ 'GET /ID/campaigns/ID': { status: 200, body: { Id: RUN, tags } } });
    const { says } = await taggedSends({ pinpoint: wire.client, sends, versions }).find(APP, RUN);
    expect(says.variants[0]?.content).toEqual({ template: { name: 'welcome', version: '4' } });
  });

  it('gives reasons that a send counts among those who were skipped', () => {
    const told = Object.fromEntries(SKIP_REASONS.map((reason, index) => [reason, String(index + 1)]));
    const { skipped } = countsOf([{ ExecutionMetrics: told } as ActivityResponse]).reasons;
    expect(skipped).toEqual(Object.fromEntries(SKIP_REASONS.map((reason, index) => [reason, index + 1])));
    const engines: readonly string[] = METRIC_NAMES;
    expect(SKIP_REASONS.filter((reason) => engines.includes(reason))).toEqual([]);
  });
});
