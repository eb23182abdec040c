import { describe, expect, it } from 'vitest';
import { pinpointCampaigns } from '../../../lambdas/campaigns/sends/pinpoint-campaigns.aws.ts';
import { runRequest } from '../../../lambdas/campaigns/sends/run-request.ts';
import { newSend, saysOf } from '../../../lambdas/campaigns/sends/send.ts';
import { memoryEngine, progressOf } from '../support/memory-engine.ts';
import { activity, pinpointWire } from '../support/pinpoint-wire.ts';
import { importsContract, pinpointCampaignsContract } from './pinpoint-campaigns.contract.ts';
import { campaignRow } from './support/campaigns.ts';
import { realEngine } from './support/real-engine.ts';

const AT = '2026-11-21T00:00:00.000Z';
const ROLE = 'arn:aws:iam::111122223333:role/import';
const overWire = (...wire: Parameters<typeof pinpointWire>) => {
  const { client, received } = pinpointWire(...wire);
  return { pinpoint: pinpointCampaigns(client, 'test', ROLE), received };
};

describe('imports through the official client', () => importsContract(() => overWire().pinpoint));
describe('imports in memory', () => importsContract(() => memoryEngine()));
describe('campaigns of the engine through the official client', () => pinpointCampaignsContract(realEngine));
describe('campaigns in memory', () =>
  pinpointCampaignsContract(async () => {
    let ended = false;
    const pinpoint = memoryEngine({ progress: () => progressOf(10, ended ? 0 : 4) });
    return {
      pinpoint,
      segmentId: 'seg',
      begin: async () => undefined,
      finish: async () => {
        ended = true;
      },
    };
  }));

describe('the engine', () => {
  it.each(['whole', 'test', 'rest', 'chosen'] as const)('takes the run of each part: %s', async (part) => {
    const { pinpoint, segmentId } = await realEngine();
    const winner = { variantId: '2', at: AT, why: 'C won' };
    const send = {
      ...newSend({ id: 'c1', version: 1 }, AT, { at: Date.parse(AT), by: 'tick', windowMs: 1 }),
      ...{ pinpointSegmentId: segmentId, winner, ratePerMinute: 600 },
    };
    const weights = [3333, 1, 6166];
    const says = saysOf(
      campaignRow({
        holdout: 500,
        winner: { testShare: 2000, metric: 'opens', minimumSample: 1, decideAfterMinutes: 60, tie: 'first' },
        variants: weights.map((weight, id) => ({
          ...{ id: String(id), name: `v${id}`, weight },
          content: { title: 't', message: `{{User.UserId}} ${id}` },
        })),
      }),
    );
    const settings = { policyFunction: 'repoint-test-campaigns-policy' };
    const id = await pinpoint.createCampaign(
      'k',
      runRequest(settings, { says, asksPolicy: true }, send, part),
    );
    expect((await pinpoint.progress(id)).state).toBe('waiting');
  });
});

describe('what goes over the wire', () => {
  it('is an import of the list as a segment, and a campaign to that segment, each with its key', async () => {
    const { pinpoint, received } = overWire();
    await pinpoint.createImport('send-1-import', { url: 's3://work/a/', segmentName: 's' });
    await pinpoint.createCampaign('send-1-whole', { Name: 'n', SegmentId: 'seg' });
    expect(received.slice(1)).toEqual([
      {
        operation: 'POST /ID/jobs/import',
        key: 'send-1-import',
        body: { Format: 'JSON', S3Url: 's3://work/a/', RoleArn: ROLE, DefineSegment: true, SegmentName: 's' },
      },
      { operation: 'POST /ID/campaigns', key: 'send-1-whole', body: { Name: 'n', SegmentId: 'seg' } },
    ]);
  });
});

const CAMPAIGN = '0123456789abcdef0123456789abcdff';
const activities = (...Item: object[]) => ({ status: 200, body: { Item } });
const status = (CampaignStatus: string) => ({
  status: 200,
  body: { Id: CAMPAIGN, State: { CampaignStatus } },
});

describe('a campaign’s progress', () => {
  it('tells each reason under failed or skipped, and Pinpoint’s other metrics not at all', async () => {
    const { pinpoint } = overWire({ 'GET /ID/campaigns/ID/activities': activities(activity(2)) });
    expect(await pinpoint.progress(CAMPAIGN)).toEqual({
      state: 'running',
      counts: {
        audience: 10,
        sent: 4,
        failed: 1,
        skipped: 2,
        uncertain: 1,
        open: 2,
        reasons: { failed: { FAILURE_PERMANENT: 1 }, skipped: { ENDPOINT_OPT_OUT: 2 } },
      },
    });
  });

  it.each([
    [
      'INVALID',
      activity(0, { Result: 'FAIL', ExecutionMetrics: { FAILURE: 'the list is gone' } }),
      /the list is gone/,
    ],
    ['COMPLETED', activity(0, { State: 'CANCELLED', Result: 'FAIL' }), /CANCELLED/],
    ['DELETED', activity(2), /RUNNING|DELETED/],
    [
      'COMPLETED',
      activity(0, { Result: 'FAIL', ExecutionMetrics: { FAILURE: '3', SLICE_LOST: '7' } }),
      /7 recipients were lost/,
    ],
  ])(
    'of a campaign that is %s and did not succeed is a failure with its reason',
    async (state, item, reason) => {
      const { pinpoint } = overWire({
        'GET /ID/campaigns/ID': status(state),
        'GET /ID/campaigns/ID/activities': activities(item),
      });
      expect(await pinpoint.progress(CAMPAIGN)).toMatchObject({
        state: 'failed',
        reason: expect.stringMatching(reason),
      });
    },
  );
});

describe('a refusal', () => {
  const refused = (code: number, __type: string) =>
    overWire({
      'POST /ID/jobs/import': { status: code, body: { __type, Message: 'S3Url is wrong', RequestID: 'r' } },
    }).pinpoint.createImport('k', { url: 'x', segmentName: 's' });

  it('as a wrong request is final and says why', async () => {
    await expect(refused(400, 'BadRequestException')).rejects.toMatchObject({
      code: 'unprocessable',
      message: 'Pinpoint refused: BadRequestException S3Url is wrong',
    });
  });

  it.each([
    [429, 'TooManyRequestsException'],
    [500, 'InternalServerErrorException'],
  ])('with %d may be tried again', async (code, type) => {
    await expect(refused(code, type)).rejects.not.toHaveProperty('code', 'unprocessable');
  });
});
