import { expect, it } from 'vitest';
import { cancelCampaign } from '../../../lambdas/campaigns/cancel-campaign.ts';
import { pauseCampaign } from '../../../lambdas/campaigns/pause-campaign.ts';
import { resumeCampaign } from '../../../lambdas/campaigns/resume-campaign.ts';
import {
  cancelSend,
  changeRate,
  pauseSend,
  resumeSend,
  type SendRef,
} from '../../../lambdas/campaigns/sends/control.ts';
import { isFinal, type SendState } from '../../../lambdas/campaigns/sends/send-state.ts';
import type { Ctx } from '../../../lambdas/shared/context.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { WHOLE } from '../../support/matrix.ts';
import { randomOf } from '../../support/virtual-time.ts';
import { DAILY, recurringRow } from '../sends/support/campaigns.ts';
import { memoryChanges } from '../support/parts.ts';
import { memorySegments } from '../support/worlds.ts';
import { DAY_MS, HOUR_MS, NO_FAULTS, simulatedSystem } from './system.ts';

const FIRST = Date.parse('2026-11-21T00:00:00Z');
const DAYS = 40;

type Verb = (deps: Parameters<typeof pauseCampaign>[0], ctx: Ctx, ref: SendRef) => Promise<unknown>;
const pauseAll: Verb = (deps, ctx, { campaignId }) => pauseCampaign(deps, ctx, campaignId);
const resumeAll: Verb = (deps, ctx, { campaignId }) => resumeCampaign(deps, ctx, campaignId);
const slower: Verb = (deps, ctx, ref) => changeRate(deps, ctx, ref, 600);
/** Each as often as it is named; few sends are cancelled. */
const VERBS: readonly Verb[] = [
  ...[pauseSend, pauseSend, pauseSend, pauseAll, pauseAll, slower],
  ...[resumeSend, resumeSend, resumeSend, resumeSend, resumeAll, resumeAll, resumeAll],
];

/** Refusals are part of it; so is a person whose request died. */
const refused = (error: unknown): void => {
  if (error instanceof RepointError && !['conflict', 'not_found', 'unavailable'].includes(error.code))
    throw error;
};

const seeds = Array.from({ length: WHOLE ? 30 : 2 }, (_, seed) => seed + 1);

it.each(seeds)(
  'whatever people decide at whichever moment, several at once, the engine does what the rows say (%d)',
  async (seed) => {
    const random = randomOf(seed);
    const system = simulatedSystem({
      start: FIRST - HOUR_MS,
      pace: { importMs: () => random() * 10_000, messagesPerSecond: 1, audience: () => 600 },
      segments: { lastsMs: () => random() * 10_000, members: 600, failing: () => 0 },
    });
    const { time, clock, table, engine } = system;
    const changes = memoryChanges();
    await table.campaigns.create(recurringRow(FIRST - 1, DAILY));
    system.suffer({
      ...NO_FAULTS,
      random,
      dies: 0.005,
      fails: 0.02,
      doubled: 0.05,
      lost: 0.01,
      tickMissed: 0.1,
    });
    const decide = (verb: Verb, sendId: string): void => {
      const now = clock();
      const ctx = { actor: 'kim', requestId: 'r', now, deadline: now + 29_000 };
      const deps = system.personal({ changes, segments: memorySegments() });
      time.go(() => verb(deps, ctx, { campaignId: 'c1', sendId }).catch(refused));
    };
    /** Most of what people do, they do in the minutes in which something goes out. */
    async function people(): Promise<void> {
      while (clock() < FIRST + DAYS * DAY_MS) {
        await time.sleep(random() * 90_000);
        const send = (await table.sends.latest('c1', 1))[0];
        if (!send || isFinal(send)) {
          await time.sleep(random() * 10 * 60_000);
          if (random() < 0.995) continue;
        }
        const verb = random() < 0.02 ? cancelSend : VERBS[Math.floor(random() * VERBS.length)];
        decide(verb ?? pauseSend, send?.id ?? '');
      }
    }
    time.go(people);
    time.go(people);
    while (clock() < FIRST + DAYS * DAY_MS) await time.run(time.now() + DAY_MS);
    system.suffer({ ...NO_FAULTS, random });
    // The calm after: each row's word is law within minutes, whoever told the engine what before.
    await time.run(time.now() + 20 * 60_000);
    const sends = await table.sends.list('c1');
    for (const send of sends) {
      const own = [...engine.runs.values()].filter(
        ({ request }) => request.tags?.['repoint:send'] === send.id,
      );
      const begun = own.filter(({ begunAt }) => begunAt !== undefined);
      const label = `${send.id} ${JSON.stringify(send.history.map(({ state }) => state))}`;
      expect([label, begun.length <= 1]).toEqual([label, true]);
      const [run] = begun;
      if (!run) continue;
      const goes = !run.rests && !run.removed && engine.tallyOf(run).open > 0;
      expect([label, goes]).toEqual([label, goes && send.state === 'sending']);
      if (isFinal(send)) {
        const { audience = 0, sent = 0, failed = 0, skipped = 0, uncertain = 0, open } = send.counts ?? {};
        expect([label, open, sent + failed + skipped + uncertain]).toEqual([label, 0, audience]);
        expect([label, audience]).toEqual([label, run.audience]);
      }
    }
    const ways = sends.map(({ history }) => history.map(({ state }) => state));
    const having = (state: SendState) => ways.filter((way) => way.includes(state)).length;
    expect(having('paused')).toBeGreaterThan(0);
    expect(having('completed')).toBeGreaterThan(0);
    decide((deps, ctx, { campaignId }) => cancelCampaign(deps, ctx, campaignId), '');
    await time.run(time.now() + 2 * HOUR_MS);
    expect(await table.campaigns.get('c1')).toMatchObject({ open: {} });
    expect(table.earliest()).toBeUndefined();
    system.stop();
  },
);
