import { beforeEach, describe, expect, it } from 'vitest';
import { eventLine } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';

const lake = lakeFixture('events', 'messages', 'message_events');
beforeEach(() => {
  lake.clear('ledger_raw');
  lake.clear('events_raw');
});

const ledger = (record_id: string, event_type: string, more: Record<string, unknown> = {}) => {
  const occurred_at = String(more['occurred_at'] ?? '2026-03-02 10:00:00.000');
  return {
    record_id,
    event_type,
    occurred_at,
    application_id: 'app',
    campaign_id: 'c1',
    activity_id: 'run1',
    treatment_id: '0',
    endpoint_id: 'email:u1',
    user_id: 'u1',
    channel: 'EMAIL',
    message_id: 'm1',
    day: occurred_at.slice(0, 10),
    ...more,
  };
};
const send = (endpoint_id: string, status: string, time: string, more = {}) =>
  ledger(`${endpoint_id} ${status}`, '_campaign.send', {
    endpoint_id,
    status,
    reason: status.toUpperCase(),
    occurred_at: `2026-03-02 ${time}.000`,
    ...more,
  });

describe('view messages', () => {
  it('has one final state a recipient: what knows more, then what came later', async () => {
    await lake.write('ledger_raw', [
      send('a', 'sent', '10:00:00'),
      send('a', 'uncertain', '10:05:00'),
      send('b', 'uncertain', '10:00:00'),
      send('b', 'failed', '10:05:00'),
      send('c', 'skipped', '10:09:00'),
      send('c', 'uncertain', '10:05:00'),
      send('d', 'skipped', '10:00:00'),
      send('d', 'skipped', '10:00:00'),
      send('e', 'failed', '10:00:00'),
      send('e', 'sent', '10:05:00'),
      send('f', 'sent', '10:00:00', { activity_id: 'run2' }),
      send('f', 'skipped', '10:00:00'),
      ledger('open', '_email.open', { endpoint_id: 'g' }),
    ]);
    expect(
      await lake.query('SELECT activity_id, endpoint_id, status, reason FROM messages ORDER BY 1, 2'),
    ).toEqual([
      ['run1', 'a', 'sent', 'SENT'],
      ['run1', 'b', 'failed', 'FAILED'],
      ['run1', 'c', 'uncertain', 'UNCERTAIN'],
      ['run1', 'd', 'skipped', 'SKIPPED'],
      ['run1', 'e', 'sent', 'SENT'],
      ['run1', 'f', 'skipped', 'SKIPPED'],
      ['run2', 'f', 'sent', 'SENT'],
    ]);
  });

  it("says of which of Repoint's campaigns and sends a message is", async () => {
    const campaign_tags = JSON.stringify({ 'repoint:campaign': 'camp', 'repoint:send': 'send-1' });
    await lake.write('ledger_raw', [
      send('a', 'sent', '10:00:00', { campaign_tags }),
      send('b', 'sent', '10:00:00'),
    ]);
    const found = await lake.query(
      'SELECT endpoint_id, repoint_campaign, repoint_send, "at", day FROM messages ORDER BY 1',
    );
    const time = ['2026-03-02 10:00:00.000', '2026-03-02'];
    expect(found).toEqual([
      ['a', 'camp', 'send-1', ...time],
      ['b', undefined, undefined, ...time],
    ]);
  });
});

describe('view message_events', () => {
  it('has each fact once, however often it was told, in words of its own', async () => {
    const click = ledger('r3', '_email.click', { occurred_at: '2026-03-03 08:00:00.000' });
    await lake.write('ledger_raw', [
      ledger('r1', '_email.delivered'),
      ledger('r1', '_email.delivered'),
      ledger('r2', '_email.open'),
      click,
      ledger('r4', '_email.hardbounce'),
      ledger('r5', '_SMS.SUCCESS'),
      ledger('r6', '_SMS.OPTOUT'),
      ledger('r7', '_email.complaint'),
      ledger('r8', '_campaign.send', { status: 'sent' }),
    ]);
    await lake.write('ledger_raw', [click]);
    const found = await lake.query(
      'SELECT event, message_id, count(*) FROM message_events GROUP BY 1, 2 ORDER BY 1',
    );
    expect(found).toEqual(
      [
        ['bounce', '1'],
        ['click', '1'],
        ['complaint', '1'],
        ['delivered', '2'],
        ['open', '1'],
        ['opt_out', '1'],
      ].map(([event, count]) => [event, 'm1', count]),
    );
    expect(await lake.query("SELECT event FROM message_events WHERE day = DATE '2026-03-03'")).toEqual([
      ['click'],
    ]);
  });

  it('has what the app told, once an event_id', async () => {
    const properties = JSON.stringify({
      message_id: 'm9',
      campaign_id: 'c9',
      activity_id: 'r9',
      channel: 'GCM',
    });
    const open = eventLine({ event_id: 'o1', name: 'message_open', user_id: 'u9', properties });
    await lake.write('events_raw', [
      open,
      { ...open, received_at: '2026-03-02 11:00:00.000' },
      eventLine({ event_id: 'v' }),
    ]);
    await lake.write('events_raw', [eventLine({ event_id: 'c1', name: 'message_click', properties })]);
    const columns = 'event, message_id, campaign_id, activity_id, channel, endpoint_id, user_id, "at"';
    const time = '2026-03-02 10:00:00.000';
    expect(await lake.query(`SELECT ${columns} FROM message_events ORDER BY 1`)).toEqual([
      ['click', 'm9', 'c9', 'r9', 'GCM', undefined, undefined, time],
      ['open', 'm9', 'c9', 'r9', 'GCM', undefined, 'u9', time],
    ]);
  });
});
