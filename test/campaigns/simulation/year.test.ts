import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../lambdas/campaigns/campaign.ts';
import type { Send } from '../../../lambdas/campaigns/sends/send.ts';
import { nextStates } from '../../../lambdas/campaigns/sends/send-state.ts';
import { WHOLE } from '../../support/matrix.ts';
import { randomOf } from '../../support/virtual-time.ts';
import { DAILY, recurringRow } from '../sends/support/campaigns.ts';
import { DAY_MS, type Faults, HOUR_MS, MINUTE_MS, NO_FAULTS, simulatedSystem, WINDOW_MS } from './system.ts';

const FIRST = Date.parse('2026-11-21T00:00:00Z');
/** `npm test` lives through a third of it. */
const DAYS = WHOLE ? 365 : 120;
const LAST_DAY = new Date(FIRST + (DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
const DUE = Array.from({ length: DAYS }, (_, day) => FIRST + day * DAY_MS);
const MEMBERS = 2000;
/** A send that could be worked on for so long within its six hours went out. */
const ENOUGH_MS = 3 * HOUR_MS;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** A year of one daily campaign in which everything goes wrong that may, and what came of it. */
async function year(seed: number) {
  const random = randomOf(seed);
  const between = (least: number, most: number) => least + random() * (most - least);
  const faults: Faults = {
    random,
    ...{ dies: 0.02, fails: 0.02, doubled: 0.05, lost: 0.01, tickMissed: 0.2, tickDoubled: 0.1 },
  };
  const troubled = new Map<string, number>();
  const system = simulatedSystem({
    start: FIRST - DAY_MS / 2,
    pace: {
      importMs: () => between(5_000, 120_000),
      messagesPerSecond: 200,
      audience: () => Math.floor(between(1_000, 4_000)),
    },
    segments: {
      lastsMs: () => between(2_000, 300_000),
      members: MEMBERS,
      failing: (sendId) => {
        if (!troubled.has(sendId)) troubled.set(sendId, random() < 0.2 ? 2 : 0);
        return troubled.get(sendId) ?? 0;
      },
    },
  });
  const { time, clock, table } = system;
  const away: Span[] = [];
  /** From time to time the clock leaps, mostly ahead, or nothing works for a while. */
  async function trouble(): Promise<void> {
    while (clock() < FIRST + DAYS * DAY_MS) {
      await time.sleep(between(0.2, 12) * DAY_MS);
      const from = clock();
      const kind = random();
      if (kind < 0.4) system.leap(between(1 * HOUR_MS, 4 * DAY_MS));
      else if (kind < 0.5) system.leap(-between(1, 10 * MINUTE_MS));
      else {
        system.down(true);
        await time.sleep(between(0.2 * HOUR_MS, 2 * DAY_MS));
        system.down(false);
      }
      away.push({ from, to: clock() });
    }
  }
  const campaign = recurringRow(FIRST - 1, { ...DAILY, until: LAST_DAY });
  await table.campaigns.create(campaign);
  system.suffer(faults);
  time.go(trouble);
  while (clock() < FIRST + (DAYS + 1) * DAY_MS) await time.run(time.now() + DAY_MS);
  system.down(false);
  system.suffer({ ...NO_FAULTS, random });
  await time.run(time.now() + 2 * DAY_MS);
  system.stop();
  await time.run();
  return {
    system,
    away,
    sends: await table.sends.list(campaign.id),
    campaign: (await table.campaigns.get(campaign.id)) ?? campaign,
  };
}

/** Milliseconds of the six hours after `at` in which somebody could have worked on it. */
function workable(at: number, away: readonly Span[]): number {
  const lost = away.map(({ from, to }) => Math.min(to, at + WINDOW_MS) - Math.max(from, at));
  return WINDOW_MS - lost.filter((ms) => ms > 0).reduce((sum, ms) => sum + ms, 0);
}

const waysOf = ({ history }: Send): string[] =>
  history.slice(1).flatMap(({ state }, index) => {
    const before = history[index]?.state;
    return before && nextStates(before).includes(state) ? [] : [`${before} → ${state}`];
  });

const seeds = Array.from({ length: WHOLE ? 6 : 1 }, (_, seed) => seed + 1);

describe.each(seeds)('a year of a daily campaign, with deaths, leaps and outages (%d)', (seed) => {
  let result: Awaited<ReturnType<typeof year>>;
  const all = async () => {
    result ??= await year(seed);
    return result;
  };

  it('has each of its times once: sent, or missed by the rule', async () => {
    const { sends, system, away } = await all();
    expect(sends.map(({ scheduledFor }) => Date.parse(scheduledFor))).toEqual(DUE);
    const begun = [...system.engine.runs.values()].filter(({ begunAt }) => begunAt !== undefined);
    for (const send of sends) {
      const at = Date.parse(send.scheduledFor);
      const own = begun.filter(({ request }) => request.tags?.['repoint:send'] === send.id);
      const label = `${send.id}: ${JSON.stringify(send.history)}`;
      expect([label, own.length]).toEqual([label, send.state === 'completed' ? 1 : 0]);
      expect([label, waysOf(send)]).toEqual([label, []]);
      if (send.state === 'completed') expect((own[0]?.begunAt ?? 0) - at).toBeLessThan(WINDOW_MS);
      else expect([label, send.state]).toEqual([label, 'missed']);
      if (workable(at, away) >= ENOUGH_MS) expect([label, send.state]).toEqual([label, 'completed']);
    }
    // The year had both.
    expect(new Set(sends.map(({ state }) => state))).toEqual(new Set(['completed', 'missed']));
  });

  it('counts every recipient of every send, and adds up', async () => {
    const { sends, system, campaign } = await all();
    const runs = new Map([...system.engine.runs.values()].map((run) => [run.id, run]));
    for (const { counts, state, runs: own } of sends) {
      if (state !== 'completed') continue;
      const run = runs.get(own[0]?.pinpointCampaignId ?? '');
      const { audience = 0, sent = 0, failed = 0, skipped = 0, uncertain = 0, open } = counts ?? {};
      expect({ audience, open }).toEqual({ audience: run?.audience, open: 0 });
      expect(sent + failed + skipped + uncertain).toBe(audience);
    }
    expect(campaign.done).toEqual(doneOf(sends));
  });

  it('ends with nothing left to do', async () => {
    const { system, campaign } = await all();
    expect(campaign).toMatchObject({ status: 'completed', open: {} });
    expect(system.table.earliest()).toBeUndefined();
  });
});

function doneOf(sends: readonly Send[]): Campaign['done'] {
  const total = (figure: (send: Send) => number) => sends.reduce((sum, send) => sum + figure(send), 0);
  return {
    sends: sends.length,
    messages: total(({ counts }) => (counts?.sent ?? 0) + (counts?.failed ?? 0) + (counts?.uncertain ?? 0)),
    sent: total(({ counts }) => counts?.sent ?? 0),
  };
}
