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
import { cryptoIds } from '../../../lambdas/shared/ids.ts';
import { WHOLE } from '../../support/matrix.ts';
import { randomOf } from '../../support/virtual-time.ts';
import { DAILY, recurringRow } from '../sends/support/campaigns.ts';
import { memoryChanges } from '../support/parts.ts';
import { memorySegments } from '../support/worlds.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, NO_FAULTS, simulatedSystem } from './system.ts';

const FIRST = Date.parse('2026-11-21T00:00:00Z');
const START = FIRST - 60_000;
const DAYS = 30;

type Verb = (deps: Parameters<typeof resumeCampaign>[0], ctx: Ctx, ref: SendRef) => Promise<unknown>;
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

const seeds = Array.from({ length: WHOLE ? 10 : 2 }, (_, seed) => seed + 1);

it.each(seeds)(
  'whatever people decide at whichever moment, several at once, the engine does what the rows say (%d)',
  async (seed) => {
    const random = randomOf(seed);
    const system = simulatedSystem({
      start: START,
      pace: { importMs: () => random() * 10_000, messagesPerSecond: 1, audience: () => 600 },
      segments: { lastsMs: () => random() * 10_000, members: 600, failing: () => 0 },
    });
    const { time, clock, table, engine } = system;
    const changes = memoryChanges();
    await table.campaigns.create(recurringRow(FIRST - 1, DAILY));
    const faults = {
      ...{ random, dies: 0.01, fails: 0.02, doubled: 0.05, lost: 0.02 },
      ...{ tickMissed: 0.1, tickDoubled: 0.1 },
    };
    const decide = (verb: Verb, sendId: string): void => {
      const now = clock();
      const ctx = { actor: 'kim', requestId: 'r', now, deadline: now + 29_000 };
      const deps = system.personal({
        changes,
        likenesses: changes,
        ids: cryptoIds,
        segments: memorySegments(),
      });
      time.go(() => verb(deps, ctx, { campaignId: 'c1', sendId }).catch(refused));
    };
    let busy = true;
    /** People are at it while there is something to decide about. */
    async function people(): Promise<void> {
      while (clock() < FIRST + DAYS * DAY_MS) {
        await time.sleep(random() * 60_000);
        const send = (await table.sends.latest('c1', 1))[0];
        if (!busy || !send || (isFinal(send) && random() < 0.99)) continue;
        const verb = random() < 0.02 ? cancelSend : VERBS[Math.floor(random() * VERBS.length)];
        decide(verb ?? pauseSend, send.id);
      }
    }
    time.go(people);
    time.go(people);
    while (clock() < FIRST + DAYS * DAY_MS) {
      busy = true;
      system.suffer(faults);
      await time.run(time.now() + 4 * MINUTE_MS);
      // The calm after: longer than a message stays hidden whose worker died.
      busy = false;
      system.suffer({ ...NO_FAULTS, random });
      await time.run(time.now() + 8 * MINUTE_MS);
      await agree();
      const campaign = await table.campaigns.get('c1');
      if (Object.keys(campaign?.open ?? {}).length > 0) continue;
      if (campaign?.status === 'paused') decide(resumeAll, '');
      await time.run(time.now() + DAY_MS - ((time.now() - START) % DAY_MS));
    }
    const ways = (await table.sends.list('c1')).map(({ history }) => history.map(({ state }) => state));
    const having = (state: SendState) => ways.filter((way) => way.includes(state)).length;
    expect(having('paused')).toBeGreaterThan(0);
    expect(having('completed')).toBeGreaterThan(0);
    decide((deps, ctx, { campaignId }) => cancelCampaign(deps, ctx, campaignId), '');
    await time.run(time.now() + 2 * HOUR_MS);
    expect(await table.campaigns.get('c1')).toMatchObject({ open: {} });
    expect(table.earliest()).toBeUndefined();
    system.stop();

    /** The engine does what the rows say, and nothing else goes out. */
    async function agree(): Promise<void> {
      for (const send of await table.sends.latest('c1', 3)) {
        const own = [...engine.runs.values()].filter(
          ({ request }) => request.tags?.['repoint:send'] === send.id,
        );
        const begun = own.filter(({ begunAt }) => begunAt !== undefined);
        const label = `${send.id} ${send.untold} ${JSON.stringify(send.history)}`;
        expect([label, begun.length <= 1]).toEqual([label, true]);
        const [run] = begun;
        if (!run) continue;
        const isOver = run.removed || engine.tallyOf(run).open === 0;
        const goes = !run.rests && !isOver;
        if (!isOver) expect([label, goes]).toEqual([label, send.state === 'sending']);
        else expect([label, isFinal(send)]).toEqual([label, true]);
        if (!isFinal(send)) continue;
        const { audience, sent = 0, failed = 0, skipped = 0, uncertain = 0, open } = send.counts ?? {};
        expect([label, open, audience]).toEqual([label, 0, run.audience]);
        expect([label, sent + failed + skipped + uncertain]).toEqual([label, run.audience]);
      }
    }
  },
);
