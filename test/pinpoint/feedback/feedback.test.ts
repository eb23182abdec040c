import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contextOf, tagsOf } from '../../../lambdas/pinpoint/channels/tags.ts';
import { sendRecord } from '../../../lambdas/pinpoint/delivery/send-record.ts';
import { type ProviderEvent, takeFeedback } from '../../../lambdas/pinpoint/feedback/take-feedback.ts';
import { messageIdOf } from '../../../lambdas/pinpoint/ledger/message-id.ts';
import type { LedgerRecord } from '../../../lambdas/pinpoint/ledger/record.ts';
import { PLAN } from '../delivery/support/world.ts';

const IDENTITY = {
  messageId: 'message-1',
  applicationId: 'app-1',
  campaignId: 'campaign-1',
  activityId: 'activity-1',
  treatmentId: '0',
  endpointId: 'email:회원/1',
  userId: '회원/1',
};
const TIME = '2026-11-01T00:30:00.000Z';
const TAGS = Object.fromEntries(Object.entries(tagsOf(IDENTITY)).map(([name, value]) => [name, [value]]));

const ses = (detailType: string, particulars: object, tags: object = TAGS): ProviderEvent => ({
  source: 'aws.ses',
  'detail-type': detailType,
  time: TIME,
  detail: {
    mail: { messageId: 'ses-1', timestamp: TIME, tags } as NonNullable<ProviderEvent['detail']['mail']>,
    ...particulars,
  },
});
const sms = (eventType: string): ProviderEvent => ({
  source: 'aws.sms-voice',
  'detail-type': 'Text Message Delivery Status Updated',
  time: TIME,
  detail: {
    eventType,
    eventTimestamp: Date.parse(TIME),
    messageId: 'sms-1',
    messageStatus: eventType.slice(5),
    context: contextOf(IDENTITY),
  },
});

const taken = (...events: ProviderEvent[]) => takenOf([IDENTITY.endpointId], ...events);

async function takenOf(endpoints: readonly string[], ...events: ProviderEvent[]) {
  const records: LedgerRecord[] = [];
  const deactivated: string[] = [];
  for (const event of events)
    await takeFeedback(
      {
        ledger: { write: async (_lane, more) => void records.push(...more) },
        endpoints: {
          endpoints: async (_app, ids) =>
            new Map(ids.filter((id) => endpoints.includes(id)).map((id) => [id, {}])),
          deactivate: async (_app, id) => void deactivated.push(id),
        },
      },
      event,
    );
  return { records, deactivated };
}

const at = { timestamp: TIME };

const TREATMENT = { treatmentId: '0', activityId: PLAN.activityId };

describe('a receipt', () => {
  it.each<[string, object, string, boolean]>([
    ['Email Delivered', { delivery: at }, '_email.delivered', false],
    ['Email Opened', { open: at }, '_email.open', false],
    ['Email Clicked', { click: { ...at, link: 'https://example.com/' } }, '_email.click', false],
    ['Email Bounced', { bounce: { ...at, bounceType: 'Permanent' } }, '_email.hardbounce', true],
    ['Email Bounced', { bounce: { ...at, bounceType: 'Transient' } }, '_email.softbounce', false],
    ['Email Complaint Received', { complaint: at }, '_email.complaint', true],
    ['Email Rejected', { reject: { reason: 'virus' } }, '_email.rejected', false],
    ['Email Rendering Failed', { failure: { errorMessage: 'x' } }, '_email.rendering_failure', false],
    ['Email Subscribed', { subscription: at }, '_email.unsubscribe', true],
  ])('%s becomes a record of its message (%o)', async (detailType, particulars, eventType, suppresses) => {
    const { records, deactivated } = await taken(ses(detailType, particulars));
    expect(records).toEqual([
      expect.objectContaining({
        event_type: eventType,
        application_id: 'app-1',
        campaign_id: 'campaign-1',
        activity_id: 'activity-1',
        treatment_id: '0',
        endpoint_id: IDENTITY.endpointId,
        user_id: IDENTITY.userId,
        message_id: 'message-1',
        provider_message_id: 'ses-1',
        channel: 'EMAIL',
        occurred_at: '2026-11-01 00:30:00.000',
        day: '2026-11-01',
      }),
    ]);
    expect(deactivated).toEqual(suppresses ? [IDENTITY.endpointId] : []);
  });

  it.each([
    ['TEXT_DELIVERED', '_SMS.SUCCESS', false],
    ['TEXT_SUCCESSFUL', '_SMS.SUCCESS', false],
    ['TEXT_PENDING', '_SMS.BUFFERED', false],
    ['TEXT_UNREACHABLE', '_SMS.FAILURE', false],
    ['TEXT_INVALID', '_SMS.FAILURE', true],
  ])('%s becomes %s', async (eventType, name, suppresses) => {
    const { records, deactivated } = await taken(sms(eventType));
    expect(records).toEqual([
      expect.objectContaining({
        event_type: name,
        channel: 'SMS',
        endpoint_id: IDENTITY.endpointId,
        message_id: 'message-1',
      }),
    ]);
    expect(deactivated).toHaveLength(suppresses ? 1 : 0);
  });

  it('that comes twice has one record id, and two clicks have two', async () => {
    const click = (link: string) => ses('Email Clicked', { click: { ...at, link } });
    const { records } = await taken(
      click('https://example.com/a'),
      click('https://example.com/a'),
      click('https://example.com/b'),
    );
    expect(records[0]?.record_id).toBe(records[1]?.record_id);
    expect(records[2]?.record_id).not.toBe(records[0]?.record_id);
  });

  it('keeps no address, IP or user agent of the recipient', async () => {
    const { records } = await taken(
      ses('Email Opened', { open: { ...at, ipAddress: '192.0.2.7', userAgent: 'Phone' } }),
    );
    expect(JSON.stringify(records)).not.toMatch(/192\.0\.2\.7|Phone/);
  });

  it('about an endpoint that is gone is passed over: who was erased stays out of the lake', async () => {
    const { records, deactivated } = await takenOf(
      ['somebody else'],
      ses('Email Opened', { open: at }),
      ses('Email Complaint Received', { complaint: at }),
      sms('TEXT_DELIVERED'),
    );
    expect({ records, deactivated }).toEqual({ records: [], deactivated: [] });
  });

  it('about anything but our own messages is passed over', async () => {
    const { records } = await taken(
      ses('Email Opened', { open: at }, {}),
      ses('Advisor Recommendation Status Open', {}),
      { ...sms('TEXT_DELIVERED'), detail: { eventType: 'TEXT_DELIVERED' } },
      { ...sms('TEXT_DELIVERED'), source: 'aws.s3' },
    );
    expect(records).toEqual([]);
  });
});

describe('the ledger', () => {
  const schema = JSON.parse(readFileSync('schemas/pinpoint/ledger_raw.table.json', 'utf8')) as {
    required: string[];
    properties: object;
    'x-partitions': object;
  };

  it('holds rows of its schema', async () => {
    const fact = {
      endpointId: 'e1',
      userId: 'u1',
      channelType: 'GCM',
      status: 'sent',
      reason: 'SUCCESS',
    } as const;
    const { records } = await taken(ses('Email Opened', { open: at }), sms('TEXT_DELIVERED'));
    const columns = [...Object.keys(schema.properties), ...Object.keys(schema['x-partitions'])];
    for (const record of [sendRecord(PLAN, TREATMENT, fact, 0), ...records]) {
      const row = JSON.parse(JSON.stringify(record)) as Record<string, unknown>;
      for (const [column, value] of Object.entries(row)) {
        expect(columns).toContain(column);
        expect(typeof value).toBe('string');
      }
      for (const column of schema.required) expect(row).toHaveProperty(column);
    }
  });

  it('gives a recipient one record id however often the fact is told, and one message id for all of them', () => {
    const fact = { endpointId: 'e1', channelType: 'GCM', status: 'sent', reason: 'SUCCESS' } as const;
    const [first, second] = [sendRecord(PLAN, TREATMENT, fact, 0), sendRecord(PLAN, TREATMENT, fact, 5000)];
    expect(first.record_id).toBe(second.record_id);
    const uncertain = sendRecord(PLAN, TREATMENT, { ...fact, status: 'uncertain', reason: 'UNKNOWN' }, 0);
    expect(uncertain.record_id).not.toBe(first.record_id);
    expect(uncertain.message_id).toBe(first.message_id);
    expect(first.message_id).toBe(messageIdOf(PLAN.activityId, 'e1'));
    expect(first.message_id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});
