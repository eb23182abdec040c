import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WHOLE } from '../support/matrix.ts';
import { type Flow, members, postCampaign, startFlow, until } from './support.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Nine in Seoul. */
const FIRST = Date.parse('2027-03-01T00:00:00Z');
const PEOPLE = 20;

/** How late somebody looks at each day's time; undefined: nobody does, until the next day that has one. */
const LATE_HOURS = [0, 0, 5.9, 6.1, undefined, undefined, 0, undefined, 3, 0, 30, 0] as const;

interface Shown {
  readonly scheduledFor: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>> | null;
}

/** What the rule makes of the days (spec §4): the latest that is less than six hours late is sent, all else is missed. */
function expected(): [string, string][] {
  const states = new Map<number, string>();
  LATE_HOURS.forEach((late, day) => {
    if (late === undefined) return;
    const now = day * 24 + late;
    for (let each = 0; each * 24 <= now; each++)
      if (!states.has(each)) states.set(each, now - each * 24 < 6 ? 'completed' : 'missed');
  });
  return [...states].map(([day, state]) => [new Date(FIRST + day * DAY_MS).toISOString(), state]);
}

/** The local system lives through two weeks in a few minutes: `npm run test:matrix` runs it. */
describe.runIf(WHOLE)('a daily campaign through the whole system', () => {
  let flow: Flow;
  beforeAll(async () => {
    flow = await startFlow();
  });
  afterAll(() => flow.end());

  const at = (ms: number) => flow.api.must([200], 'POST', '/local/clock', { set: ms });
  const tick = () => flow.api.must([200], 'POST', '/local/tick');
  const sendsOf = async (id: string): Promise<readonly Shown[]> => {
    const { body } = await flow.api.must([200], 'GET', `/v1/campaigns/${id}`);
    return (body['result'] as { sends: Shown[] }).sends;
  };
  const messages = async () =>
    Number((await flow.api.must([200], 'GET', '/local/outbox/count')).body['messages']);

  it('sends once or misses by the rule, whenever its ticks come, and however many', async () => {
    await at(FIRST - HOUR_MS);
    await flow.api.must([200], 'POST', '/v1/members', { members: members(PEOPLE) });
    await flow.api.must([200, 201], 'PUT', '/v1/segments/all', { rule: { attribute: 'grade', is: 'GOLD' } });
    const { id } = await postCampaign(flow.api, {
      segment: 'all',
      channel: 'sms',
      message: '오늘의 혜택',
      schedule: { every: 1, unit: 'day', time: '09:00', from: '2027-03-01', timeZone: 'Asia/Seoul' },
      start: true,
    });
    const before = await messages();
    for (const [day, late] of LATE_HOURS.entries()) {
      if (late === undefined) continue;
      await at(FIRST + day * DAY_MS + late * HOUR_MS + 5_000);
      await Promise.all([tick(), tick(), tick()]);
      await until(
        () => sendsOf(id),
        (sends) =>
          sends.length >= Math.floor(day + late / 24) + 1 &&
          sends.every(({ state }) => state === 'completed' || state === 'missed'),
      );
    }
    const sends = await sendsOf(id);
    expect(sends.map(({ scheduledFor, state }) => [scheduledFor, state])).toEqual(expected());
    const sent = sends.filter(({ state }) => state === 'completed');
    for (const { counts } of sent)
      expect(counts).toMatchObject({ audience: PEOPLE / 2, sent: PEOPLE / 2, open: 0 });
    expect((await messages()) - before).toBe((sent.length * PEOPLE) / 2);
  }, 300_000);
});
