import { describe, expect, it } from 'vitest';
import { approveCampaign } from '../../../lambdas/campaigns/approve-campaign.ts';
import { getCampaign } from '../../../lambdas/campaigns/get-campaign.ts';
import { getHistory } from '../../../lambdas/campaigns/get-history.ts';
import type { AudienceVerdict } from '../../../lambdas/campaigns/sends/ports.ts';
import { newSend, type Says, type Send } from '../../../lambdas/campaigns/sends/send.ts';
import type { SendState } from '../../../lambdas/campaigns/sends/send-state.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { ctxAt, workOff, world } from '../support/worlds.ts';
import { AT, opened, sendOf, statesOf, until } from './support/steps.ts';

const WHY = 'title has 217 characters; at most 200 are allowed (member long, 1 of 4001 members)';
const LONG = { at: '0 title', why: WHY };
const FINE: AudienceVerdict = { looked: 10, sampled: false, defaulted: 3, skipped: 1, tooLong: [] };

/** A world whose audience is judged so; `asked` are the texts it was judged for. */
function judging(verdict: AudienceVerdict, more: Parameters<typeof world>[0] = {}) {
  const asked: Says[] = [];
  const w = world({
    ...more,
    audience: {
      of: async (_ctx, says) => {
        asked.push(says);
        return verdict;
      },
    },
  });
  return { w, asked };
}

describe('a send whose texts are too long for some of its members', () => {
  it('is held with the reason, which its campaign and its history show', async () => {
    const { w } = judging({ ...FINE, tooLong: [LONG] });
    await opened(w);
    const now = await until(w, 'held');
    expect((await sendOf(w)).runs).toEqual([]);
    const shown = await getCampaign(w, now, 'c1');
    expect(shown).toMatchObject({ state: 'held', sends: [{ state: 'held' }] });
    expect(shown.sends[0]?.history.at(-1)).toMatchObject({ state: 'held', why: WHY });
    const { result } = await getHistory(w, 'c1', {});
    expect(result[0]).toMatchObject({ state: 'held', why: WHY });
  });

  it('goes out when somebody approves it', async () => {
    const { w } = judging({ ...FINE, tooLong: [LONG] });
    await opened(w);
    const now = await until(w, 'held');
    await approveCampaign(w, ctxAt(now, { actor: 'kim' }), 'c1', { decision: 'approve' });
    await workOff(w, now);
    expect(statesOf(await sendOf(w)).slice(-3)).toEqual(['importing', 'sending', 'completed']);
  });

  const DAY_MS = 24 * 60 * 60 * 1000;
  /** Yesterday's send, held for its texts, and what somebody decided. */
  const yesterday = (decided: 'importing' | 'cancelled', more: Partial<Send> = {}): Send => {
    const at = new Date(AT - DAY_MS).toISOString();
    const opening = { at: AT - DAY_MS, by: 'tick', windowMs: 0 };
    const history = (['held', decided] as const).map((state) => ({ state, at, by: 'kim' }));
    const state = decided === 'importing' ? 'completed' : decided;
    const send = newSend({ id: 'c1', version: 1 }, at, opening);
    return { ...send, state, history, templates: {}, tooLong: [LONG.at], ...more };
  };

  it.each<[string, Send, SendState]>([
    ['that somebody approved yesterday goes out', yesterday('importing'), 'completed'],
    ['that somebody rejected yesterday is held', yesterday('cancelled'), 'held'],
    ['that was edited since is held', yesterday('importing', { version: 0 }), 'held'],
    ['whose template changed since is held', yesterday('importing', { templates: { welcome: '1' } }), 'held'],
    ['that is too long elsewhere is held', yesterday('importing', { tooLong: ['0 message'] }), 'held'],
  ])('%s', async (_name, before, expected) => {
    const { w } = judging({ ...FINE, tooLong: [LONG] });
    await w.sends.create(before);
    await opened(w);
    await until(w, expected);
    expect(statesOf(await sendOf(w)).includes('held')).toBe(expected === 'held');
  });

  it('tells beside an unusual audience what is too long', async () => {
    const { w } = judging(
      { ...FINE, tooLong: [LONG] },
      { segments: [{ state: 'ready', url: 's3://work/l/', members: 9000 }], sizes: [1000, 1000, 1000] },
    );
    await opened(w);
    await until(w, 'held');
    const why = (await sendOf(w)).history.at(-1)?.why;
    expect(why).toMatch(/^9000 members; usual .*; title has 217 characters/);
  });
});

describe('a send whose template was taken away meanwhile', () => {
  it('fails before anybody gets it, and says which', async () => {
    const { w } = judging(FINE);
    const gone = new RepointError('unprocessable', 'There is no push template "welcome"');
    const world = {
      ...w,
      audience: {
        of: async () => {
          throw gone;
        },
      },
    };
    await opened(world);
    await until(world, 'failed');
    const send = await sendOf(world);
    expect(send.history.at(-1)?.why).toBe(gone.message);
    expect([send.runs, send.importJobId]).toEqual([[], undefined]);
  });
});

describe('what a send makes of the values of its members', () => {
  it('is counted and shown: who gets a default, and who nothing', async () => {
    const { w } = judging(FINE);
    await opened(w);
    const now = await workOff(w, AT);
    const { sends } = await getCampaign(w, now, 'c1');
    expect(sends[0]).toMatchObject({
      state: 'completed',
      values: { looked: 10, sampled: false, defaulted: 3, skipped: 1 },
    });
  });

  it('is not told of texts that show nothing of them', async () => {
    const { w } = judging({ ...FINE, looked: 0 });
    await opened(w);
    const now = await workOff(w, AT);
    expect((await getCampaign(w, now, 'c1')).sends[0]?.values).toBeNull();
  });

  it('is judged for the variant that goes out, when an earlier send chose it', async () => {
    const { w, asked } = judging(FINE);
    const content = { title: 't', message: 'm' };
    const variants = ['0', '1'].map((id) => ({ id, name: id, weight: 5000, content }));
    const chosen = { variantId: '1', at: new Date(AT).toISOString(), why: 'it won' };
    await opened(w, { variants, chosen });
    await workOff(w, AT);
    expect(asked.map((says) => says.variants.map(({ id }) => id))).toEqual([['1']]);
  });

  it('is judged for the version of a template that goes out, whatever becomes active while it is held', async () => {
    const { w, asked } = judging({ ...FINE, tooLong: [LONG] });
    const active = ['1', '2'];
    const said: Says[] = [];
    const saying = {
      templatesOf: async () => ({ welcome: active.shift() ?? '3' }),
      said: async (says: Says) => {
        said.push(says);
        return { says, asksPolicy: false };
      },
    };
    const world = { ...w, saying };
    await opened(world, {
      variants: [{ id: '0', name: 'A', weight: 10_000, content: { template: { name: 'welcome' } } }],
    });
    const now = await until(world, 'held');
    await approveCampaign(world, ctxAt(now), 'c1', { decision: 'approve' });
    await workOff(world, now);
    const versions = [...asked, ...said].map(({ variants }) => variants[0]?.content.template?.version);
    expect(new Set(versions)).toEqual(new Set(['1']));
    expect(said.length).toBeGreaterThan(0);
  });
});
