import { beforeAll, expect, it } from 'vitest';
import { type CampaignAnswer, type Flow, finished, postCampaign, until } from './support.ts';

const COUNT = 40;
const MINUTE_MS = 60_000;

/** What people do to campaigns, through the private API. Its members are called `y…`, its segment `living`. */
export function life(flow: () => Flow): void {
  beforeAll(async () => {
    const people = Array.from({ length: COUNT }, (_, index) => ({
      userId: `y${index}`,
      phone: `010-8888-${String(index).padStart(4, '0')}`,
      attributes: { grade: 'LIVING' },
    }));
    await flow().api.must([200], 'POST', '/v1/members', { members: people });
    await flow().api.must([201], 'PUT', '/v1/segments/living', {
      rule: { attribute: 'grade', is: 'LIVING' },
    });
  });

  const told = async (path: string): Promise<Record<string, unknown>> =>
    (await flow().api.must([200], 'GET', path)).body;
  const shown = async (id: string) => (await told(`/v1/campaigns/${id}`))['result'] as CampaignAnswer;
  const asked = async (id: string, verb: string, method = 'POST', body?: Record<string, unknown>) =>
    (await flow().api.must([200], method, `/v1/campaigns/${id}${verb}`, body)).body[
      'result'
    ] as CampaignAnswer;
  const got = async (text: string): Promise<string[]> => {
    const { messages } = (await told('/local/outbox?channel=sms&limit=1000')) as {
      messages: { to: string }[];
    };
    return messages.filter((message) => JSON.stringify(message).includes(text)).map(({ to }) => to);
  };

  it('is drafted, edited, started, paused in the middle, and resumed at another rate: everybody has it once', async () => {
    // Five a second, so that there is a middle.
    const draft = {
      segment: 'living',
      channel: 'sms',
      message: 'life-draft',
      draft: true,
      ratePerMinute: 300,
    };
    const { id, state } = await postCampaign(flow().api, draft);
    expect(state).toBe('draft');
    expect(await asked(id, '', 'PATCH', { message: 'life-edited' })).toMatchObject({
      version: 2,
      state: 'draft',
    });
    await asked(id, '/start');
    await until(
      () => got('life-edited'),
      (messages) => messages.length >= 5,
    );
    expect(await asked(id, '/pause')).toMatchObject({ state: 'paused' });
    expect((await told('/v1/campaigns?state=paused&q=LIFE'))['result']).toMatchObject([
      { id, state: 'paused' },
    ]);
    const refused = await flow().api.must([409], 'POST', `/v1/campaigns/${id}/start`);
    expect(refused.body['message']).toContain('is paused');
    await asked(id, '', 'PATCH', { ratePerMinute: 'max' });
    await asked(id, '/resume');
    expect((await finished(flow().api, id)).state).toBe('completed');
    const to = await got('life-edited');
    expect([to.length, new Set(to).size]).toEqual([COUNT, COUNT]);
    expect((await told('/v1/campaigns?state=completed&q=life'))['result']).toMatchObject([
      { id, messages: COUNT, successRate: 1, ratePerMinute: 'max' },
    ]);
    const history = (await told(`/v1/campaigns/${id}/history`))['result'] as Record<string, unknown>[];
    const names = history.map(({ what, state: to }) => what ?? to).reverse();
    expect(names.filter((name) => !['resolving', 'importing'].includes(String(name)))).toEqual([
      'created',
      'edited',
      'started',
      'scheduled',
      'sending',
      'paused',
      'edited',
      'sending',
      'completed',
    ]);
  });

  it('is recurring: in the calendar, out by the tick at its time, and completed after its last day', async () => {
    const at = new Date(Math.ceil(flow().system.clock.now() / MINUTE_MS + 2) * MINUTE_MS);
    const local = at.toLocaleString('sv-SE', { timeZone: 'Asia/Seoul' });
    const [day = '', time = ''] = local.split(' ');
    const schedule = { unit: 'day', time: time.slice(0, 5), from: day, until: day };
    const body = { segment: 'living', channel: 'sms', message: 'life-cycle', schedule };
    const created = await postCampaign(flow().api, body);
    expect(created).toMatchObject({ state: 'stopped', nextSendAt: null });
    const nextSendAt = at.toISOString();
    expect(await asked(created.id, '/start')).toMatchObject({ state: 'recurring', nextSendAt });
    expect((await told(`/v1/campaigns/${created.id}/upcoming`))['result']).toMatchObject({
      times: [nextSendAt],
    });
    const to = new Date(at.getTime() + 1).toISOString();
    expect((await told(`/v1/calendar?to=${encodeURIComponent(to)}`))['result']).toContainEqual(
      expect.objectContaining({ campaignId: created.id, at: nextSendAt }),
    );
    flow().system.clock.advance(at.getTime() + MINUTE_MS - flow().system.clock.now());
    await Promise.all([flow().system.tick(), flow().system.tick()]);
    expect(await finished(flow().api, created.id)).toMatchObject({ state: 'completed', nextSendAt: null });
    expect((await shown(created.id)).sends).toHaveLength(1);
    expect(new Set(await got('life-cycle')).size).toBe(COUNT);
  });

  it('is cancelled in the middle: who has no message gets none', async () => {
    const body = { segment: 'living', channel: 'sms', message: 'life-cancelled', ratePerMinute: 300 };
    const { id } = await postCampaign(flow().api, body);
    await until(
      () => got('life-cancelled'),
      (messages) => messages.length >= 5,
    );
    expect(await asked(id, '/cancel')).toMatchObject({ state: 'cancelled', nextSendAt: null });
    const ended = await until(
      () => shown(id),
      ({ sends }) => sends[0]?.counts?.['open'] === 0,
    );
    const { sent, skipped } = ended.sends[0]?.counts ?? {};
    expect((await got('life-cancelled')).length).toBe(sent);
    expect(Number(sent) + Number(skipped)).toBe(COUNT);
    expect(Number(sent)).toBeLessThan(COUNT);
  });
}
