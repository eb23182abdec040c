import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateCampaignCommand,
  DeleteCampaignCommand,
  GetAppsCommand,
  GetCampaignActivitiesCommand,
  GetCampaignCommand,
  GetSegmentsCommand,
  PinpointClient,
  UpdateCampaignCommand,
  type WriteCampaignRequest,
} from '@aws-sdk/client-pinpoint';
import { beforeAll, expect, it } from 'vitest';
import { signedBy } from './signed.ts';
import { type Flow, finished, postCampaign, until } from './support.ts';

const COUNT = 120;
/** Ten a second: an SMS call holds ten. */
const SLOW = '600';
const FAST = '60000';

/** A run steered in the middle of it, through the stock Pinpoint client. Its members are called `w…`, its segment `steered`. */
export function control(flow: () => Flow): void {
  let pinpoint: PinpointClient;
  let ApplicationId: string;
  let SegmentId: string;

  beforeAll(async () => {
    const { engine } = flow().system;
    pinpoint = new PinpointClient({ endpoint: engine.endpoint, region: engine.region, credentials: engine });
    const people = Array.from({ length: COUNT }, (_, index) => ({
      userId: `w${index}`,
      phone: `010-7777-${String(index).padStart(4, '0')}`,
      attributes: { grade: 'STEERED' },
    }));
    for (let from = 0; from < COUNT; from += 60)
      await flow().api.must([200], 'POST', '/v1/members', { members: people.slice(from, from + 60) });
    await flow().api.must([201], 'PUT', '/v1/segments/steered', {
      rule: { attribute: 'grade', is: 'STEERED' },
    });
    const first = await postCampaign(flow().api, { segment: 'steered', channel: 'sms', message: 'first' });
    await finished(flow().api, first.id);
    const apps = await pinpoint.send(new GetAppsCommand({}));
    ApplicationId = apps.ApplicationsResponse?.Item?.[0]?.Id ?? '';
    const segments = await pinpoint.send(new GetSegmentsCommand({ ApplicationId, PageSize: '100' }));
    const own = segments.SegmentsResponse?.Item?.find(
      ({ ImportDefinition }) => ImportDefinition?.Size === COUNT,
    );
    SegmentId = own?.Id ?? '';
  });

  const created = async (body: string, rate: string): Promise<string> => {
    const answer = await pinpoint.send(
      new CreateCampaignCommand({
        ApplicationId,
        WriteCampaignRequest: {
          Name: body,
          SegmentId,
          Schedule: { StartTime: 'IMMEDIATE' },
          MessageConfiguration: { SMSMessage: { Body: body } },
          tags: { 'repoint:rate': rate },
        },
      }),
    );
    return answer.CampaignResponse?.Id ?? '';
  };
  const update = (CampaignId: string, WriteCampaignRequest: WriteCampaignRequest) =>
    pinpoint.send(new UpdateCampaignCommand({ ApplicationId, CampaignId, WriteCampaignRequest }));
  const addresses = async (body: string): Promise<string[]> => {
    const answer = await flow().api.must([200], 'GET', '/local/outbox?channel=sms&limit=1000');
    const messages = answer.body['messages'] as { to: string; body?: string; content?: { body?: string } }[];
    return messages.filter((message) => JSON.stringify(message).includes(body)).map(({ to }) => to);
  };
  const sent = async (body: string): Promise<number> => (await addresses(body)).length;
  const metrics = async (CampaignId: string): Promise<Record<string, string>> => {
    const answer = await pinpoint.send(new GetCampaignActivitiesCommand({ ApplicationId, CampaignId }));
    return answer.ActivitiesResponse?.Item?.[0]?.ExecutionMetrics ?? {};
  };
  const status = async (CampaignId: string): Promise<string | undefined> => {
    const answer = await pinpoint.send(new GetCampaignCommand({ ApplicationId, CampaignId }));
    return answer.CampaignResponse?.State?.CampaignStatus;
  };
  const completed = (id: string) =>
    until(
      () => status(id),
      (now) => now === 'COMPLETED',
    );
  /** Nothing more goes out once five seconds have passed; in the time looked at, the rate would have sent fifteen. */
  const restWithinSeconds = async (...bodies: readonly string[]): Promise<number[]> => {
    await sleep(5_000);
    const before = await Promise.all(bodies.map(sent));
    await sleep(1_500);
    expect(await Promise.all(bodies.map(sent))).toEqual(before);
    for (const count of before) expect(count).toBeLessThan(COUNT);
    return before;
  };
  const underWay = (...bodies: readonly string[]) =>
    Promise.all(
      bodies.map((body) =>
        until(
          () => sent(body),
          (count) => count >= 10,
        ),
      ),
    );

  it('is paused or cancelled in the middle; what was paused goes on at another rate, to everybody once', async () => {
    const [paused, cancelled] = await Promise.all([
      created('steered-pause', SLOW),
      created('steered-cancel', SLOW),
    ]);
    await underWay('steered-pause', 'steered-cancel');
    await Promise.all([
      update(paused, { IsPaused: true }),
      pinpoint.send(new DeleteCampaignCommand({ ApplicationId, CampaignId: cancelled })),
    ]);
    const [, got = 0] = await restWithinSeconds('steered-pause', 'steered-cancel');
    expect(await status(paused)).toBe('PAUSED');
    await update(paused, { IsPaused: false, tags: { 'repoint:rate': FAST } });
    await completed(paused);
    const to = await addresses('steered-pause');
    expect(to).toHaveLength(COUNT);
    expect(new Set(to).size).toBe(COUNT);
    expect(await metrics(paused)).toMatchObject({
      AUDIENCE: String(COUNT),
      SENT: String(COUNT),
      UNCERTAIN: '0',
    });

    await flow().system.flush();
    const rows = await flow().sql(
      `SELECT status, reason, count(*) AS n FROM messages WHERE campaign_id = '${cancelled}' GROUP BY status, reason ORDER BY status`,
    );
    expect(rows).toEqual([
      { status: 'sent', reason: 'SUCCESS', n: String(got) },
      { status: 'skipped', reason: 'CANCELLED', n: String(COUNT - got) },
    ]);
  });

  it('is halted by the kill switch of all sending, and let go on', async () => {
    const id = await created('steered-halt', SLOW);
    await underWay('steered-halt');
    const { api } = flow();
    const unsaid = await api.call('PUT', '/v1/sending', { enabled: false });
    expect(unsaid).toMatchObject({ status: 400, body: { code: 'validation', field: 'reason' } });
    await api.must([200], 'PUT', '/v1/sending', { enabled: false, reason: 'wrong price' });
    await restWithinSeconds('steered-halt');
    const { body } = await api.must([200], 'GET', '/v1/sending');
    expect(body['result']).toMatchObject({ enabled: false, reason: expect.stringContaining('wrong price') });
    // The engine's own door tells and takes the same.
    const sending = signedBy(flow().system.engine);
    expect((await sending('GET', '/v1/sending')).body).toMatchObject({ Enabled: false });
    expect((await sending('PUT', '/v1/sending', { Enabled: true, Reason: '' })).status).toBe(200);
    await update(id, { tags: { 'repoint:rate': FAST } });
    await completed(id);
    expect(await sent('steered-halt')).toBe(COUNT);
  });
}
