import { expect, it } from 'vitest';
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
 * to 5 sleep, 4 having agreed to be woken. Where they are, it is after six.
 */
export function advertising(flow: () => Flow): void {
  const now = async (): Promise<number> =>
    Number((await flow().api.must([200], 'POST', '/local/clock', { advanceMs: 0 })).body['now']);
  const arrived = async (channel: string, text: string) => {
    const { body } = await flow().api.must([200], 'GET', `/local/outbox?channel=${channel}&limit=1000`);
    const messages = body['messages'] as { to: string; title?: string; body: string; payload?: unknown }[];
    return messages.filter((message) => JSON.stringify(message).includes(text));
  };

  let made = 0;
  /** Members of their own for each try of a test, and the campaign that goes to them. */
  const people = async (more: object = {}) => {
    const at = await now();
    const [day, night] = [zoneAt(12, at), zoneAt(6, at)];
    const name = `advertised-${++made}`;
    const phoneOf = (index: number) => `+8210666${String(made).padStart(4, '0')}${index}`;
    const member = (index: number) => ({
      userId: `a${made}-${index}`,
      phone: phoneOf(index),
      pushTokens: ['phone', 'tablet'].map((kind) => ({
        platform: 'FCM',
        token: `${kind}-a${made}-${index}`,
      })),
      timeZone: index < 3 ? day : night,
      attributes: { grade: name },
      consents: Object.fromEntries(
        ['push', 'sms'].map((channel) => [channel, { advertising: index !== 2, night: index === 4 }]),
      ),
    });
    const members = [0, 1, 2, 3, 4, 5].map(member);
    await flow().api.must([200], 'POST', '/v1/members', { members });
    const rule = { attribute: 'grade', is: name };
    await flow().api.must([200, 201], 'PUT', `/v1/segments/${name}`, { rule });
    return {
      campaign: { segment: name, purpose: 'advertising', optOutText: OPT_OUT, ...more },
      phoneOf,
      userOf: (index: number) => `a${made}-${index}`,
      /** Tells this try's texts from those of another. */
      said: (text: string) => `${text} ${made}`,
    };
  };

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
    const { campaign, phoneOf, said } = await people({ channel: 'sms', night: 'drop' });
    const message = said('겨울 특가');
    const { id } = await postCampaign(flow().api, { ...campaign, message });
    const counts = countsOf(await finished(flow().api, id));
    expect(counts).toMatchObject({ audience: 6, sent: 3, skipped: 3 });
    expect(counts.reasons.skipped).toEqual({ NO_ADVERTISING_CONSENT: 1, NIGHT: 2 });
    expect(sum(counts)).toBe(6);
    const messages = await arrived('sms', message);
    expect(messages.map(({ body }) => body)).toEqual(Array(3).fill(`(광고) ${message}\n${OPT_OUT}`));
    expect(messages.map(({ to }) => to).sort()).toEqual([0, 1, 4].map(phoneOf));
  });

  it('counts a member once however many devices, and refuses the second message of a day', async () => {
    const { campaign, said } = await people({ message: '오늘만', night: 'drop', caps: { perDay: 1 } });
    const [title, again] = [said('푸시 특가'), said('또 특가')];
    const sent = async (shown: string) =>
      countsOf(
        await finished(flow().api, (await postCampaign(flow().api, { ...campaign, title: shown })).id),
      );
    const first = await sent(title);
    expect(first).toMatchObject({ audience: 12, sent: 6 });
    const second = await sent(again);
    expect(second).toMatchObject({ audience: 12, sent: 0, skipped: 12 });
    expect(second.reasons.skipped).toEqual({ NO_ADVERTISING_CONSENT: 2, NIGHT: 4, DAILY_CAP_MEMBER: 6 });
    expect([sum(first), sum(second)]).toEqual([12, 12]);
    expect(await arrived('push', again)).toEqual([]);
    const messages = await arrived('push', title);
    expect(messages.map((message) => message.title)).toEqual(Array(6).fill(`(광고) ${title}`));
    for (const message of messages) expect(message.body).toBe(`오늘만\n${OPT_OUT}`);
  });

  it('holds messages for the morning, and judges them again then: who has taken consent back gets none', async () => {
    const { campaign, phoneOf, userOf, said } = await people({ channel: 'sms' });
    const message = said('아침 특가');
    const { id } = await postCampaign(flow().api, { ...campaign, message });
    const shown = async () =>
      (await flow().api.must([200], 'GET', `/v1/campaigns/${id}`)).body['result'] as CampaignAnswer;
    // Those who sleep are open: 3, and 5.
    await until(shown, (answer) => countsOf(answer)?.sent === 3 && countsOf(answer).open === 2);
    await flow().api.must([200], 'PUT', `/v1/members/${userOf(3)}`, {
      consents: { sms: { advertising: false } },
    });
    const advanceMs = 2 * HOUR_MS - ((await now()) % HOUR_MS) + 1000;
    await flow().api.must([200], 'POST', '/local/clock', { advanceMs });
    await flow().api.must([200], 'POST', '/local/tick');
    const counts = countsOf(await until(shown, (answer) => countsOf(answer).open === 0));
    expect(counts).toMatchObject({ audience: 6, sent: 4, skipped: 2 });
    expect(counts.reasons.skipped).toEqual({ NO_ADVERTISING_CONSENT: 2 });
    expect((await arrived('sms', message)).map(({ to }) => to)).toContain(phoneOf(5));
  });
}
