import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WHOLE } from '../support/matrix.ts';
import { randomOf } from '../support/virtual-time.ts';
import { event, type Flow, idle, postCampaign, startFlow, until } from './support.ts';

/**
 * A daily campaign lives through trouble in the whole system, on a simulated clock: ticks that never come, come late, come
 * three at once or out of order; workers killed in the middle; queues that deliver twice; Athena that fails twice. A week in
 * `npm run test:matrix`; a year with REPOINT_DAYS=365 npx vitest run test/flows/recurring (half an hour to an hour).
 */
const DAYS = Number(process.env['REPOINT_DAYS'] ?? 7);
const SEED = Number(process.env['REPOINT_SEED'] ?? 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Nine in Seoul. */
const FIRST = Date.parse('2027-03-01T00:00:00Z');
const PEOPLE = 12;
const PHONES = new Map(
  Array.from({ length: PEOPLE }, (_, n) => [`+82100000${String(n).padStart(4, '0')}`, `u${n}`]),
);

const TICKS = ['campaigns-tick', 'pinpoint-tick'];
const WORKERS = [
  'campaigns-advance',
  'segments-resolve',
  'pinpoint-import',
  'pinpoint-resolve',
  'pinpoint-deliver',
];
const QUEUES = ['sends', 'resolutions', 'imports', 'runs', 'slices'];

interface Day {
  /** How long after its time somebody looks; undefined: nobody does, until the next day that has one. */
  readonly late: number | undefined;
  readonly kills: number;
  readonly repeats: number;
  readonly failingQueries: number;
  readonly ticksAtOnce: number;
  /** Who puts something into the cart in the morning, and who buys. */
  readonly carts: ReadonlySet<string>;
  readonly buys: ReadonlySet<string>;
}

/** What happens on each day. Lateness keeps away from the six hours of the rule: a killed worker is itself some minutes late. */
function daysOf(seed: number): Day[] {
  const draw = randomOf(seed);
  const pick = <T>(...of: readonly T[]): T => of[Math.floor(draw() * of.length)] as T;
  const some = (share: number) => new Set([...PHONES.values()].filter(() => draw() < share));
  return Array.from({ length: DAYS }, (_, day) => ({
    // The last day is looked at, so that all before it are decided.
    late: day === DAYS - 1 ? 0 : pick(0, 0, 0, 0, 0, 0, 0.5, 3, 4, 8, 14, undefined),
    kills: pick(0, 0.1, 0.25),
    repeats: pick(0, 0.05, 0.1),
    failingQueries: pick(0, 0, 0, 2),
    ticksAtOnce: pick(0, 1, 3),
    carts: some(0.35),
    buys: some(0.15),
  }));
}

interface Shown {
  readonly id: string;
  readonly scheduledFor: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>> | null;
}

/** What the rule makes of the days (spec §4): the latest that is less than six hours late is sent, all else is missed. */
function expected(days: readonly Day[]): Map<string, 'completed' | 'missed'> {
  const states = new Map<string, 'completed' | 'missed'>();
  days.forEach(({ late }, day) => {
    if (late === undefined) return;
    for (let each = 0; each <= day; each++) {
      const due = new Date(FIRST + each * DAY_MS).toISOString();
      if (!states.has(due)) states.set(due, (day - each) * 24 + late < 6 ? 'completed' : 'missed');
    }
  });
  return states;
}

/** In the cart in the last three times 24 hours, and nothing bought in them; mornings are an hour before the send. */
function audience(days: readonly Day[], day: number): string[] {
  const near = days.slice(Math.max(0, day - 2), day + 1);
  const carts = new Set(near.flatMap(({ carts }) => [...carts]));
  const buys = new Set(near.flatMap(({ buys }) => [...buys]));
  return [...carts].filter((user) => !buys.has(user)).toSorted();
}

const evenly = (names: readonly string[], share: number) =>
  Object.fromEntries(names.map((name) => [name, share]));

describe.runIf(WHOLE || process.env['REPOINT_DAYS'] !== undefined)('a daily campaign in trouble', () => {
  let flow: Flow;
  beforeAll(async () => {
    flow = await startFlow();
  });
  afterAll(() => flow.end());

  const at = (ms: number) => flow.api.must([200], 'POST', '/local/clock', { set: ms });
  const advance = (ms: number) => flow.api.must([200], 'POST', '/local/clock', { advanceMs: ms });
  const order = (troubles: object) => flow.api.must([200], 'PUT', '/local/troubles', troubles);
  const ticks = (count: number, when?: number) =>
    // A killed tick answers with an error; the next one comes a minute later.
    Promise.all(
      Array.from({ length: count }, () => flow.api.call('POST', '/local/tick', when ? { at: when } : {})),
    );
  const sendsOf = async (id: string): Promise<readonly Shown[]> => {
    const { body } = await flow.api.must([200], 'GET', `/v1/campaigns/${id}`);
    return (body['result'] as { sends: Shown[] }).sends;
  };
  /** Recipients of the messages that have gone out since `seen` of them had. */
  const sentSince = async (seen: number): Promise<string[]> => {
    const path = `/local/outbox?channel=sms&limit=${PEOPLE * 2}`;
    const { body } = await flow.api.must([200], 'GET', path);
    const { messages } = (await flow.api.must([200], 'GET', '/local/outbox/count')).body as {
      messages: number;
    };
    const newest = (body['messages'] as { to: string }[]).slice(0, messages - seen);
    return newest.map(({ to }) => PHONES.get(to) ?? to).toSorted();
  };

  it('sends once or misses by the rule, to the right members, and the ledger adds up', async () => {
    const days = daysOf(SEED);
    const wanted = expected(days);
    await at(FIRST - 2 * HOUR_MS);
    const members = [...PHONES].map(([phone, userId]) => ({ userId, phone }));
    await flow.api.must([200], 'POST', '/v1/members', { members });
    const rule = { did: 'add_to_cart', didNot: 'purchase', inTheLastDays: 3 };
    await flow.api.must([200, 201], 'PUT', '/v1/segments/carts', { rule });
    const { id } = await postCampaign(flow.api, {
      segment: 'carts',
      channel: 'sms',
      message: '장바구니를 확인하세요',
      schedule: { every: 1, unit: 'day', time: '09:00', from: '2027-03-01', timeZone: 'Asia/Seoul' },
      start: true,
    });
    const totals = { audience: 0, sent: 0, uncertain: 0, messages: 0 };
    const seen = new Map<string, Shown>();
    for (const [day, plan] of days.entries()) {
      const due = FIRST + day * DAY_MS;
      // Nobody looks: neither on the way to the day's time nor until it is late.
      await order({ missedTicks: evenly(TICKS, 1) });
      await at(due - HOUR_MS);
      const events = [
        ...[...plan.carts].map((user) =>
          event('add_to_cart', user, { item_id: 'a', quantity: 1 }, due - HOUR_MS),
        ),
        ...[...plan.buys].map((user) =>
          event(
            'purchase',
            user,
            { transaction_id: `${user}-${day}`, revenue: 1, currency: 'KRW' },
            due - HOUR_MS,
          ),
        ),
      ];
      if (events.length > 0) await flow.api.must([202], 'POST', '/v1/events', { events });
      await flow.api.must([200], 'POST', '/local/flush');
      if (plan.late === undefined) continue;
      await at(due + plan.late * HOUR_MS + 5_000);
      await order({
        kills: evenly([...WORKERS, ...TICKS], plan.kills),
        repeats: evenly(QUEUES, plan.repeats),
        failingQueries: plan.failingQueries,
        missedTicks: evenly(TICKS, 0.2),
      });
      await ticks(plan.ticksAtOnce);
      // One that was due yesterday comes only now.
      if (plan.ticksAtOnce === 3) await ticks(1, due - DAY_MS);
      const decided = [...wanted.keys()].filter((time) => Date.parse(time) <= due);
      const missing = decided.filter((time) => !seen.has(time));
      let step = 0;
      await until(
        async () => {
          await idle(flow.api);
          // First as fast as sends go, then as messages of killed workers come back.
          await advance(step++ < 6 ? 31_000 : 3 * 60_000);
          return sendsOf(id);
        },
        (sends) => {
          const final = sends.filter(({ state }) => ['completed', 'missed', 'failed'].includes(state));
          return missing.every((time) => final.some(({ scheduledFor }) => scheduledFor === time));
        },
        { everyMs: 50, withinMs: 300_000 },
      );
      for (const send of await sendsOf(id)) seen.set(send.scheduledFor, send);
      for (const time of missing)
        expect(seen.get(time), `${JSON.stringify(plan)} ${JSON.stringify(seen.get(time))}`).toMatchObject({
          state: wanted.get(time),
        });
      const last = seen.get(new Date(due).toISOString());
      const reached = await sentSince(totals.messages);
      totals.messages += reached.length;
      if (last?.state !== 'completed') {
        expect(reached).toEqual([]);
        continue;
      }
      const people = audience(days, day);
      const { audience: found, sent, uncertain, open, failed } = last.counts as Record<string, number>;
      const where = `day ${day} of seed ${SEED}`;
      expect({ where, found, open, failed }).toEqual({ where, found: people.length, open: 0, failed: 0 });
      expect({ where, all: Number(sent) + Number(uncertain) }).toEqual({ where, all: people.length });
      expect(new Set(reached).size).toBe(reached.length);
      expect(people).toEqual(expect.arrayContaining(reached));
      expect(reached.length).toBeGreaterThanOrEqual(Number(sent));
      totals.audience += people.length;
      totals.sent += Number(sent);
      totals.uncertain += Number(uncertain);
    }
    await order({});
    const { struck } = (await flow.api.must([200], 'GET', '/local/troubles')).body as { struck: object };
    console.log(JSON.stringify({ days: DAYS, seed: SEED, ...totals, struck }));
    expect([...seen.keys()].toSorted()).toEqual([...wanted.keys()]);
    await advance(5 * 60_000);
    await flow.api.must([200], 'POST', '/local/flush');
    const [ledger] = await flow.sql(
      'SELECT sum(audience) AS audience, sum(sent) AS sent, sum(uncertain) AS uncertain FROM campaign_results',
    );
    const [told, sent, uncertain] = ['audience', 'sent', 'uncertain'].map((name) => Number(ledger?.[name]));
    expect({ told, all: Number(sent) + Number(uncertain) }).toEqual({
      told: totals.audience,
      all: totals.audience,
    });
    // A worker that died right after the provider's answer may have told the ledger, which knows more then (view messages).
    expect(sent).toBeGreaterThanOrEqual(totals.sent);
    expect(sent).toBeLessThanOrEqual(totals.messages);
  }, 7_200_000);
});
