import { beforeAll, expect, it } from 'vitest';
import { type CampaignAnswer, type Flow, finished, postCampaign, unlike, until } from './support.ts';

const COUNT = 40;
const MINUTE_MS = 60_000;

/** Two a second, so that there is a middle, also where everything takes its time. */
const SLOW = 120;

/**
 * What people do to campaigns, through the private API. Its members are called `y…`, its segment `living`. The cycle moves
 * the clock: it goes beside nothing else.
 */
export function life(flow: () => Flow) {
  const prepared = async (): Promise<void> => {
    const people = Array.from({ length: COUNT }, (_, index) => ({
      userId: `y${index}`,
      phone: `010-8888-${String(index).padStart(4, '0')}`,
      attributes: { grade: 'LIVING' },
    }));
    await flow().api.must([200], 'POST', '/v1/members', { members: people });
    await flow().api.must([201], 'PUT', '/v1/segments/living', {
      rule: { attribute: 'grade', is: 'LIVING' },
    });
  };

  const told = async (path: string): Promise<Record<string, unknown>> =>
    (await flow().api.must([200], 'GET', path)).body;
  const shown = async (id: string) => (await told(`/v1/campaigns/${id}`))['result'] as CampaignAnswer;
  const asked = async (id: string, verb: string, method = 'POST', body?: Record<string, unknown>) =>
    (await flow().api.must([200], method, `/v1/campaigns/${id}${verb}`, body)).body[
      'result'
    ] as CampaignAnswer;
  const got = async (text: string): Promise<string[]> => {
    const { messages } = await told(`/local/outbox?channel=sms&limit=1000&q=${text}`);
    return (messages as { to: string }[]).map(({ to }) => to);
  };

  /** Some have it and most do not, and the campaign knows. */
  const underWay = (id: string, text: string) =>
    until(
      async () => ({ state: (await shown(id)).state, count: (await got(text)).length }),
      ({ state, count }) => state === 'sending' && count >= 4,
    );

  const byHand = (): void => {
    beforeAll(prepared);

    it('is drafted, edited, started, paused in the middle, and resumed at another rate: everybody has it once', async () => {
      const [message, edited] = [unlike('life-draft'), unlike('life-edited')];
      const draft = { segment: 'living', channel: 'sms', message, draft: true, ratePerMinute: SLOW };
      const { id, state } = await postCampaign(flow().api, draft);
      expect(state).toBe('draft');
      expect(await asked(id, '', 'PATCH', { message: edited })).toMatchObject({
        version: 2,
        state: 'draft',
      });
      await asked(id, '/start');
      await underWay(id, edited);
      expect(await asked(id, '/pause')).toMatchObject({ state: 'paused' });
      expect((await told(`/v1/campaigns?state=paused&q=${message.toUpperCase()}`))['result']).toMatchObject([
        { id, state: 'paused' },
      ]);
      const refused = await flow().api.must([409], 'POST', `/v1/campaigns/${id}/start`);
      expect(refused.body['message']).toContain('is paused');
      await asked(id, '', 'PATCH', { ratePerMinute: 'max' });
      await asked(id, '/resume');
      expect((await finished(flow().api, id)).state).toBe('completed');
      const to = await got(edited);
      expect([to.length, new Set(to).size]).toEqual([COUNT, COUNT]);
      expect((await told(`/v1/campaigns?state=completed&q=${message}`))['result']).toMatchObject([
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

    it('is cancelled in the middle: who has no message gets none', async () => {
      const message = unlike('life-cancelled');
      const body = { segment: 'living', channel: 'sms', message, ratePerMinute: SLOW };
      const { id } = await postCampaign(flow().api, body);
      await underWay(id, message);
      expect(await asked(id, '/cancel')).toMatchObject({ state: 'cancelled', nextSendAt: null });
      const ended = await until(
        () => shown(id),
        ({ sends }) => sends[0]?.counts?.['open'] === 0,
      );
      const { sent, skipped } = ended.sends[0]?.counts ?? {};
      expect((await got(message)).length).toBe(sent);
      expect(Number(sent) + Number(skipped)).toBe(COUNT);
      expect(Number(sent)).toBeLessThan(COUNT);
    });
  };

  /** After `byHand`, whose members it writes to. */
  const cycle = (): void => {
    it('is recurring: in the calendar, out by the tick at its time, and completed after its last day', async () => {
      const message = unlike('life-cycle');
      const at = new Date(Math.ceil(flow().system.clock.now() / MINUTE_MS + 2) * MINUTE_MS);
      const local = at.toLocaleString('sv-SE', { timeZone: 'Asia/Seoul' });
      const [day = '', time = ''] = local.split(' ');
      const schedule = { unit: 'day', time: time.slice(0, 5), from: day, until: day };
      const body = { segment: 'living', channel: 'sms', message, schedule };
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
      expect(new Set(await got(message)).size).toBe(COUNT);
    });
  };

  return { byHand, cycle };
}
