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
import { type Flow, finished, postCampaign, unlike, until } from './support.ts';

const COUNT = 120;
/** Three a second, so that the middle lasts, also where everything takes its time. */
const SLOW = '180';
const FAST = '60000';
/** A run that goes on sends a call each second. */
const RESTS_MS = 3_000;

/**
 * Runs steered in the middle of them, through the stock Pinpoint client. Its members are called `w…`, its segment `steered`.
 * The kill switch stops everybody's sending: `byKillSwitch` goes beside nothing that waits for messages.
 */
export function steered(flow: () => Flow) {
  let pinpoint: PinpointClient;
  let ApplicationId: string;
  let SegmentId: string;

  const prepared = async (): Promise<void> => {
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
  };

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
    const answer = await flow().api.must([200], 'GET', `/local/outbox?channel=sms&limit=1000&q=${body}`);
    return (answer.body['messages'] as { to: string }[]).map(({ to }) => to);
  };
  const sent = async (body: string): Promise<number> => {
    const answer = await flow().api.must([200], 'GET', `/local/outbox/count?channel=sms&q=${body}`);
    return Number(answer.body['messages']);
  };
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
  /** How many each had when nothing had gone out for some seconds; nobody had it all by then. */
  const rested = async (...bodies: readonly string[]): Promise<number[]> => {
    let before: { readonly counts: string; readonly since: number } | undefined;
    const atRest = await until(
      async () => {
        const counts = await Promise.all(bodies.map(sent));
        if (before?.counts !== counts.join()) before = { counts: counts.join(), since: Date.now() };
        return { counts, restsMs: Date.now() - before.since };
      },
      ({ restsMs }) => restsMs >= RESTS_MS,
    );
    for (const count of atRest.counts) expect(count).toBeLessThan(COUNT);
    return atRest.counts;
  };
  const underWay = (...bodies: readonly string[]) =>
    Promise.all(
      bodies.map((body) =>
        until(
          () => sent(body),
          (count) => count >= 6,
        ),
      ),
    );

  const inTheMiddle = (): void => {
    beforeAll(prepared);

    it('is paused or cancelled in the middle; what was paused goes on at another rate, to everybody once', async () => {
      const [pausing, cancelling] = [unlike('steered-pause'), unlike('steered-cancel')];
      const [paused, cancelled] = await Promise.all([created(pausing, SLOW), created(cancelling, SLOW)]);
      await underWay(pausing, cancelling);
      await Promise.all([
        update(paused, { IsPaused: true }),
        pinpoint.send(new DeleteCampaignCommand({ ApplicationId, CampaignId: cancelled })),
      ]);
      const [, got = 0] = await rested(pausing, cancelling);
      expect(await status(paused)).toBe('PAUSED');
      await update(paused, { IsPaused: false, tags: { 'repoint:rate': FAST } });
      await completed(paused);
      const to = await addresses(pausing);
      expect(to).toHaveLength(COUNT);
      expect(new Set(to).size).toBe(COUNT);
      expect(await metrics(paused)).toMatchObject({
        AUDIENCE: String(COUNT),
        SENT: String(COUNT),
        UNCERTAIN: '0',
      });
      const rows = await until(
        async () => {
          await flow().system.flush();
          return flow().sql(
            `SELECT status, reason, count(*) AS n FROM messages WHERE campaign_id = '${cancelled}' GROUP BY status, reason ORDER BY status`,
          );
        },
        (found) => found.reduce((sum, { n }) => sum + Number(n), 0) === COUNT,
      );
      expect(rows).toEqual([
        { status: 'sent', reason: 'SUCCESS', n: String(got) },
        { status: 'skipped', reason: 'CANCELLED', n: String(COUNT - got) },
      ]);
    });
  };

  /** After `inTheMiddle`, whose members it writes to. */
  const byKillSwitch = (): void => {
    it('is halted by the kill switch of all sending, and let go on', async () => {
      const halting = unlike('steered-halt');
      const id = await created(halting, SLOW);
      await underWay(halting);
      const { api } = flow();
      const unsaid = await api.call('PUT', '/v1/sending', { enabled: false });
      expect(unsaid).toMatchObject({ status: 400, body: { code: 'validation', field: 'reason' } });
      // The engine's own door tells and takes the same.
      const sending = signedBy(flow().system.engine);
      try {
        await api.must([200], 'PUT', '/v1/sending', { enabled: false, reason: 'wrong price' });
        await rested(halting);
        const { body } = await api.must([200], 'GET', '/v1/sending');
        expect(body['result']).toMatchObject({
          enabled: false,
          reason: expect.stringContaining('wrong price'),
        });
        expect((await sending('GET', '/v1/sending')).body).toMatchObject({ Enabled: false });
      } finally {
        expect((await sending('PUT', '/v1/sending', { Enabled: true, Reason: '' })).status).toBe(200);
      }
      await update(id, { tags: { 'repoint:rate': FAST } });
      await completed(id);
      expect(await sent(halting)).toBe(COUNT);
    });
  };

  return { inTheMiddle, byKillSwitch };
}
