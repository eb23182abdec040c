import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cancelCampaign } from '../../lambdas/campaigns/cancel-campaign.ts';
import { createCampaign } from '../../lambdas/campaigns/create-campaign.ts';
import { editCampaign } from '../../lambdas/campaigns/edit-campaign.ts';
import { getCampaign } from '../../lambdas/campaigns/get-campaign.ts';
import { getHistory, type HistoryEntry } from '../../lambdas/campaigns/get-history.ts';
import { pauseCampaign } from '../../lambdas/campaigns/pause-campaign.ts';
import { resumeCampaign } from '../../lambdas/campaigns/resume-campaign.ts';
import { RepointError } from '../../lambdas/shared/errors.ts';
import { ctxAt, START, type World, world } from './support/worlds.ts';

const DAILY = {
  segment: 'cart',
  channel: 'sms',
  message: 'm0',
  schedule: { unit: 'day', time: '09:00', from: '2026-11-22' },
  start: true,
};

type Doing = 'edit' | 'pause' | 'resume' | 'cancel';

/** Does it as somebody of their own; an answer tells whether it was done or refused. */
async function done(w: World, id: string, doing: Doing, who: number): Promise<string> {
  const ctx = ctxAt(START + who * 1000, { actor: `actor-${who}` });
  const verbs = {
    edit: () => editCampaign(w, ctx, id, { message: `by ${who}` }),
    pause: () => pauseCampaign(w, ctx, id),
    resume: () => resumeCampaign(w, ctx, id),
    cancel: () => cancelCampaign(w, ctx, id),
  };
  try {
    await verbs[doing]();
    return 'done';
  } catch (error) {
    if (error instanceof Crash) return 'crashed';
    if (error instanceof RepointError && ['conflict', 'unavailable'].includes(error.code)) return 'refused';
    throw error;
  }
}
class Crash extends Error {}

/** The world with every call to its stores first let through by `gate`. */
function gated(w: World, gate: () => Promise<void>): World {
  const wrapped = <Store extends object>(store: Store): Store =>
    Object.fromEntries(
      Object.entries(store).map(([name, call]) => [
        name,
        async (...args: unknown[]) => {
          await gate();
          return (call as (...given: unknown[]) => unknown)(...args);
        },
      ]),
    ) as Store;
  return {
    ...w,
    campaigns: wrapped(w.campaigns),
    changes: wrapped(w.changes),
    versions: wrapped(w.versions),
  };
}

const changesOf = async (w: World, id: string) =>
  (await getHistory(w, id, { limit: '500' })).result
    .filter((entry): entry is Extract<HistoryEntry, { what: unknown }> => 'what' in entry)
    .toReversed();

/** What the history tells must lead from the first message to the one there is now, without a gap. */
async function expectWhole(w: World, id: string): Promise<void> {
  let message: unknown = 'm0';
  let version = 1;
  for (const { what, version: told, changes } of await changesOf(w, id)) {
    if (what === 'edited') {
      expect(told).toBe(version + 1);
      const [change] = changes.filter(({ field }) => field === 'message');
      expect(change?.from).toBe(message);
      message = change?.to;
    } else expect(told).toBe(version);
    version = told;
  }
  expect(await getCampaign(w, START, id)).toMatchObject({ message, version });
}

const doings = fc.array(fc.constantFrom<Doing>('edit', 'edit', 'pause', 'resume', 'cancel'), {
  minLength: 1,
  maxLength: 5,
});

describe('what many do to a campaign at once', () => {
  it('happens one after the other: whoever is told that it is done is in the history, once, and nobody else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), doings, async (scheduler, all) => {
        const w = world();
        const { id } = await createCampaign(w, ctxAt(START), DAILY);
        const racing = gated(w, () => scheduler.schedule(Promise.resolve()));
        const answers = Promise.all(all.map((doing, who) => done(racing, id, doing, who)));
        await scheduler.waitFor(answers);
        const told = (await answers).flatMap((answer, who) => (answer === 'done' ? [`actor-${who}`] : []));
        const kept = (await changesOf(w, id)).slice(1).map(({ by }) => by);
        expect(kept.toSorted()).toEqual(told.toSorted());
        await expectWhole(w, id);
      }),
      { numRuns: 60 },
    );
  });

  it('is told without a gap although some crashed between any two calls', async () => {
    await fc.assert(
      fc.asyncProperty(
        doings,
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 5, maxLength: 5 }),
        async (all, crashes) => {
          const w = world();
          const { id } = await createCampaign(w, ctxAt(START), DAILY);
          for (const [who, doing] of all.entries()) {
            let left = crashes[who] ?? 0;
            const crashing = gated(w, async () => {
              if (left-- === 0) throw new Crash();
            });
            await done(crashing, id, doing, who);
            await expectWhole(w, id);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
