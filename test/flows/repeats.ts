import { beforeAll, expect, it } from 'vitest';
import { described } from '../support/openapi.ts';
import { type Flow, finished, postCampaign } from './support.ts';

/** A POST that may be repeated, and another body that its key may not be used with. */
interface Asked {
  readonly path: string;
  readonly body?: unknown;
  readonly other: unknown;
}

/** It belongs to events (test/events/). */
const ELSEWHERE = ['replayQuarantine'];

const GRADE = { attribute: 'grade', is: 'REPEATED' };
const SAID = { segment: 'repeated', title: '안녕하세요', message: '신제품' };
const CYCLE = { ...SAID, schedule: { unit: 'day', time: '09:00', from: '2099-01-01' }, start: true };

/** Every POST of the API with an Idempotency-Key, twice. Its member is called `r0`, its segment `repeated`. */
export function repeats(flow: () => Flow): void {
  const made = async (body: Record<string, unknown>): Promise<string> =>
    (await postCampaign(flow().api, body)).id;
  const openList = async (): Promise<string> => {
    const list = { name: 'repeats', open: true, ids: ['r0'] };
    const { body } = await flow().api.must([201, 202], 'POST', '/v1/segments/lists', list);
    return String((body['result'] as { id: string }).id);
  };
  const verb = (name: string, body: Record<string, unknown>, before?: string) => async (): Promise<Asked> => {
    const id = await made(body);
    if (before) await flow().api.must([200], 'POST', `/v1/campaigns/${id}/${before}`);
    return { path: `/campaigns/${id}/${name}`, other: { name: 'other' } };
  };
  const ASKED: Readonly<Record<string, () => Asked | Promise<Asked>>> = {
    createCampaign: () => ({
      path: '/campaigns',
      body: { ...SAID, draft: true },
      other: { ...SAID, draft: true, title: 'other' },
    }),
    cloneCampaign: verb('clone', { ...SAID, draft: true }),
    startCampaign: verb('start', { ...SAID, draft: true, schedule: { at: '2099-01-01T09:00' } }),
    pauseCampaign: verb('pause', CYCLE),
    resumeCampaign: verb('resume', CYCLE, 'pause'),
    cancelCampaign: verb('cancel', { ...SAID, draft: true }),
    approveCampaign: async () => {
      // What is too long for a member is held.
      const id = await made({ ...SAID, title: '{{User.UserAttributes.long}}'.repeat(3) });
      await finished(flow().api, id, ['held']);
      return {
        path: `/campaigns/${id}/approve`,
        body: { decision: 'reject' },
        other: { decision: 'approve' },
      };
    },
    testCampaign: async () => ({
      path: `/campaigns/${await made({ ...SAID, draft: true })}/test`,
      body: { userIds: ['r0'] },
      other: { userIds: ['r0', 'r1'] },
    }),
    estimateCampaign: () => ({ path: '/campaigns/estimate', body: SAID, other: { ...SAID, title: 'other' } }),
    previewCampaign: () => ({
      path: '/campaigns/preview',
      body: { userId: 'r0', campaign: SAID },
      other: { userId: 'r1', campaign: SAID },
    }),
    createCouponPool: () => ({
      path: '/coupons/pools',
      body: { name: 'repeats' },
      other: { name: 'others' },
    }),
    addCouponCodes: async () => {
      await flow().api.must([201, 409], 'POST', '/v1/coupons/pools', { name: 'repeats-codes' });
      return {
        path: '/coupons/pools/repeats-codes/codes',
        body: { codes: ['R1'] },
        other: { codes: ['R2'] },
      };
    },
    activateTemplate: async () => {
      for (const message of ['one', 'two'])
        await flow().api.must([200, 201], 'PUT', '/v1/templates/sms/repeats', { content: { message } });
      return { path: '/templates/sms/repeats/activate', body: { version: 1 }, other: { version: 2 } };
    },
    explainRule: () => ({
      path: '/segments/explain',
      body: { rule: GRADE },
      other: { rule: { attribute: 'grade', is: 'OTHER' } },
    }),
    previewRule: () => ({
      path: '/segments/preview',
      body: { rule: GRADE },
      other: { rule: { attribute: 'grade', is: 'OTHER' } },
    }),
    resolveSegment: () => ({ path: '/segments/repeated/resolutions', other: { name: 'other' } }),
    createSegmentList: () => ({
      path: '/segments/lists',
      body: { name: 'repeats', ids: ['r0'] },
      other: { name: 'repeats', ids: ['r1'] },
    }),
    addSegmentListPart: async () => ({
      path: `/segments/lists/${await openList()}/parts`,
      body: { ids: ['r1'] },
      other: { ids: ['r2'] },
    }),
    closeSegmentList: async () => ({
      path: `/segments/lists/${await openList()}/close`,
      other: { name: 'other' },
    }),
    postMembers: () => ({
      path: '/members',
      body: { members: [{ userId: 'r2' }] },
      other: { members: [{ userId: 'r3' }] },
    }),
  };

  beforeAll(async () => {
    const pushTokens = [{ platform: 'FCM', token: 'token-r0' }];
    const members = [{ userId: 'r0', pushTokens, attributes: { grade: 'REPEATED', long: '길'.repeat(100) } }];
    await flow().api.must([200], 'POST', '/v1/members', { members });
    await flow().api.must([200, 201], 'PUT', '/v1/segments/repeated', { rule: GRADE });
  });

  it.each(Object.keys(ASKED))(
    '%s gets the first answer again, and with another body none',
    async (operation) => {
      const { path, body, other } = (await ASKED[operation]?.()) ?? { path: '', other: {} };
      const headers = { 'idempotency-key': `repeats-${operation}-${Date.now()}` };
      const first = await flow().api.must([200, 201, 202], 'POST', `/v1${path}`, body, headers);
      expect(await flow().api.call('POST', `/v1${path}`, body, headers)).toEqual(first);
      expect(await flow().api.call('POST', `/v1${path}`, other, headers)).toMatchObject({
        status: 422,
        body: { code: 'unprocessable', field: 'Idempotency-Key' },
      });
    },
  );

  it('leaves out no POST that takes a key', () => {
    const keyed = described.filter(({ operation: { parameters } }) =>
      JSON.stringify(parameters ?? []).includes('idempotencyKey'),
    );
    const names = keyed.map(({ operation }) => operation.operationId);
    expect(names.filter((name) => !ELSEWHERE.includes(name)).sort()).toEqual(Object.keys(ASKED).sort());
  });
}
