import { beforeAll, expect, it } from 'vitest';
import { type CampaignAnswer, type Flow, finished, postCampaign, until } from './support.ts';

const OPT_OUT = '무료수신거부 080-111-2222';
const HOUR_MS = 3_600_000;

/** A zone in which the clock shows this hour now. */
function zoneAt(hour: number, now: number): string {
  const ahead = (hour - new Date(now).getUTCHours() + 24) % 24;
  const offset = ahead > 12 ? ahead - 24 : ahead;
  // The names of these zones have their signs turned round: Etc/GMT-9 is nine hours east.
  return offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
}

/**
 * Advertising through the whole system. Its members are called `a…`: 0 and 1 may be written to by day, 2 has not agreed, 3
 * and 4 sleep, 4 having agreed to be woken. Where 3 is, it is after six.
 */
export function advertising(flow: () => Flow): void {
  let day: string;
  let night: string;
  const now = async (): Promise<number> =>
    Number((await flow().api.must([200], 'POST', '/local/clock', { advanceMs: 0 })).body['now']);
  const arrived = async (channel: string, text: string) => {
    const { body } = await flow().api.must([200], 'GET', `/local/outbox?channel=${channel}&limit=1000`);
    const messages = body['messages'] as { to: string; title?: string; body: string; payload?: unknown }[];
    return messages.filter((message) => JSON.stringify(message).includes(text));
  };

  beforeAll(async () => {
    const at = await now();
    [day, night] = [zoneAt(12, at), zoneAt(6, at)];
    const members = [0, 1, 2, 3, 4].map((index) => ({
      userId: `a${index}`,
      phone: `010-6666-000${index}`,
      pushTokens: [
        { platform: 'FCM', token: `token-a${index}` },
        { platform: 'FCM', token: `tablet-a${index}` },
      ],
      timeZone: index < 3 ? day : night,
      attributes: { grade: 'ADVERTISED' },
      consents: Object.fromEntries(
        ['push', 'sms'].map((channel) => [channel, { advertising: index !== 2, night: index === 4 }]),
      ),
    }));
    await flow().api.must([200], 'POST', '/v1/members', { members });
    await flow().api.must([201], 'PUT', '/v1/segments/advertised', {
      rule: { attribute: 'grade', is: 'ADVERTISED' },
    });
  });

  const campaign = { segment: 'advertised', purpose: 'advertising', optOutText: OPT_OUT };
  const countsOf = ({ sends }: CampaignAnswer) =>
    sends[0]?.counts as {
      audience: number;
      sent: number;
      failed: number;
      skipped: number;
      uncertain: number;
      open: number;
      reasons: { skipped: Record<string, number> };
    };
  const sum = ({ sent, failed, skipped, uncertain, open }: ReturnType<typeof countsOf>): number =>
    sent + failed + skipped + uncertain + open;

  it('bears its label and opt-out text, skips who has not agreed, and who sleeps where nights are dropped', async () => {
    const { id } = await postCampaign(flow().api, {
      ...campaign,
      channel: 'sms',
      message: '겨울 특가',
      night: 'drop',
    });
    const counts = countsOf(await finished(flow().api, id));
    expect(counts).toMatchObject({ audience: 5, sent: 3, skipped: 2 });
    expect(counts.reasons.skipped).toEqual({ NO_ADVERTISING_CONSENT: 1, NIGHT: 1 });
    expect(sum(counts)).toBe(5);
    const messages = await arrived('sms', '겨울 특가');
    expect(messages.map(({ body }) => body)).toEqual(Array(3).fill(`(광고) 겨울 특가\n${OPT_OUT}`));
    expect(messages.map(({ to }) => to).sort()).toEqual([0, 1, 4].map((index) => `+82106666000${index}`));
  });

  it('counts a member once however many devices, and refuses the second message of a day', async () => {
    const push = { ...campaign, title: '푸시 특가', message: '오늘만', night: 'drop', caps: { perDay: 1 } };
    const first = countsOf(await finished(flow().api, (await postCampaign(flow().api, push)).id));
    expect(first).toMatchObject({ audience: 10, sent: 6 });
    const again = { ...push, title: '또 특가' };
    const second = countsOf(await finished(flow().api, (await postCampaign(flow().api, again)).id));
    expect(second).toMatchObject({ audience: 10, sent: 0, skipped: 10 });
    expect(second.reasons.skipped).toEqual({ NO_ADVERTISING_CONSENT: 2, NIGHT: 2, DAILY_CAP_MEMBER: 6 });
    expect([sum(first), sum(second)]).toEqual([10, 10]);
    expect(await arrived('push', again.title)).toEqual([]);
    const messages = await arrived('push', push.title);
    expect(messages.map(({ title }) => title)).toEqual(Array(6).fill('(광고) 푸시 특가'));
    for (const message of messages) expect(message.body).toBe(`오늘만\n${OPT_OUT}`);
  });

  it('holds messages for the morning, and judges them again then: who has taken consent back gets none', async () => {
    const asleep = {
      userId: 'a5',
      phone: '010-6666-0005',
      timeZone: night,
      attributes: { grade: 'ADVERTISED' },
    };
    const agreed = { consents: { sms: { advertising: true, night: false } } };
    await flow().api.must([200], 'POST', '/v1/members', { members: [{ ...asleep, ...agreed }] });
    const { id } = await postCampaign(flow().api, { ...campaign, channel: 'sms', message: '아침 특가' });
    const shown = async () =>
      (await flow().api.must([200], 'GET', `/v1/campaigns/${id}`)).body['result'] as CampaignAnswer;
    // Those who sleep are open: 3, and 5.
    await until(shown, (answer) => countsOf(answer)?.sent === 3 && countsOf(answer).open === 2);
    await flow().api.must([200], 'PUT', '/v1/members/a3', {
      consents: { sms: { advertising: false } },
    });
    await flow().api.must([200], 'POST', '/local/clock', {
      advanceMs: 2 * HOUR_MS - ((await now()) % HOUR_MS) + 1000,
    });
    await flow().api.must([200], 'POST', '/local/tick');
    const counts = countsOf(await until(shown, (answer) => countsOf(answer).open === 0));
    expect(counts).toMatchObject({ audience: 6, sent: 4, skipped: 2 });
    expect(counts.reasons.skipped).toEqual({ NO_ADVERTISING_CONSENT: 2 });
    expect((await arrived('sms', '아침 특가')).map(({ to }) => to)).toContain('+821066660005');
  });
}
