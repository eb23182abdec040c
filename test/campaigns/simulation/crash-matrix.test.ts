import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../lambdas/campaigns/campaign.ts';
import { cancelCampaign } from '../../../lambdas/campaigns/cancel-campaign.ts';
import { pauseCampaign } from '../../../lambdas/campaigns/pause-campaign.ts';
import { resumeCampaign } from '../../../lambdas/campaigns/resume-campaign.ts';
import { advanceSend } from '../../../lambdas/campaigns/sends/advance-send.ts';
import {
  approveSend,
  cancelSend,
  changeRate,
  pauseSend,
  resumeSend,
  type SendRef,
} from '../../../lambdas/campaigns/sends/control.ts';
import { queueDueSends } from '../../../lambdas/campaigns/sends/queue-due-sends.ts';
import type { Send } from '../../../lambdas/campaigns/sends/send.ts';
import { isFinal, nextStates, type SendState } from '../../../lambdas/campaigns/sends/send-state.ts';
import { noResult } from '../../../lambdas/campaigns/variants/results.ts';
import type { Ctx } from '../../../lambdas/shared/context.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { WHOLE } from '../../support/matrix.ts';
import { campaignRow, DAILY, recurringRow } from '../sends/support/campaigns.ts';
import { progressOf } from '../support/memory-engine.ts';
import { ctxAt, type Parts, type World, world } from '../support/worlds.ts';
import { Crash, mortal } from './mortal.ts';

const AT = Date.parse('2026-11-21T00:00:00Z');
const HOUR_MS = 3_600_000;
const PORTS = [
  'campaigns',
  'sends',
  'versions',
  'queue',
  'segments',
  'pinpoint',
  'results',
  'saying',
  'changes',
  'due',
] as const;

interface Act {
  /** Done when the last send is in this state. */
  readonly when: SendState;
  readonly verb: (w: World, ctx: Ctx, ref: SendRef) => Promise<unknown>;
}

interface Scenario {
  readonly campaign: Campaign;
  readonly from?: number;
  readonly parts?: Parts;
  /** What people do, in this order. Messages go on going out until all is done. */
  readonly acts?: readonly Act[];
  /** Each send's way. */
  readonly ways: readonly (readonly SendState[])[];
  /** Runs that begin; a send may be ended before its own does. */
  readonly begun: number;
}

const now: Campaign = campaignRow({
  next: { at: new Date(AT).toISOString() },
  dueAt: new Date(AT).toISOString(),
});
const act = (when: SendState, verb: Act['verb']): Act => ({ when, verb });
const WAY = ['scheduled', 'resolving', 'importing', 'sending'] as const;
const HELD: Parts = {
  segments: [{ state: 'ready', url: 's3://x/', members: 9000 }],
  sizes: [900, 1000, 1100],
};
const variants = ['0', '1'].map((id) => ({
  id,
  name: id,
  weight: 5000,
  content: { title: id, message: 'm' },
}));
const winner = {
  testShare: 2000,
  metric: 'opens',
  minimumSample: 10,
  decideAfterMinutes: 60,
  tie: 'first',
} as const;
const results = () => [
  { ...noResult('0'), delivered: 1000, opened: 100 },
  { ...noResult('1'), delivered: 1000, opened: 300 },
];
const failures = { state: 'paused', reason: 'FAILURES', counts: progressOf(1000, 400).counts } as const;

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'is sent': { campaign: now, ways: [[...WAY, 'completed']], begun: 1 },
  'is opened late, with another that was missed': {
    campaign: recurringRow(AT - 1, { ...DAILY, until: '2026-11-22' }),
    from: AT + 25 * HOUR_MS,
    ways: [
      ['scheduled', 'missed'],
      [...WAY, 'completed'],
    ],
    begun: 1,
  },
  'cannot be resolved': {
    campaign: now,
    parts: { segments: [{ state: 'failed', reason: 'no' }] },
    ways: [['scheduled', 'resolving', 'failed']],
    begun: 0,
  },
  'fails in the engine': {
    campaign: now,
    parts: { progress: [{ ...progressOf(10, 4), state: 'failed', reason: 'INVALID' }] },
    ways: [[...WAY, 'failed']],
    begun: 1,
  },
  'is paused and resumed': {
    campaign: now,
    acts: [act('sending', pauseSend), act('paused', resumeSend)],
    ways: [[...WAY, 'paused', 'sending', 'completed']],
    begun: 1,
  },
  'is paused and resumed before anything was sent': {
    campaign: now,
    acts: [act('resolving', pauseSend), act('paused', resumeSend)],
    ways: [['scheduled', 'resolving', 'paused', ...WAY.slice(1), 'completed']],
    begun: 1,
  },
  'is cancelled': {
    campaign: now,
    acts: [act('sending', cancelSend)],
    ways: [[...WAY, 'cancelled']],
    begun: 1,
  },
  'is paused and cancelled': {
    campaign: now,
    acts: [act('sending', pauseSend), act('paused', cancelSend)],
    ways: [[...WAY, 'paused', 'cancelled']],
    begun: 1,
  },
  'is held and approved': {
    campaign: now,
    parts: HELD,
    acts: [act('held', (w, ctx, ref) => approveSend(w, ctx, ref, 'approve'))],
    ways: [['scheduled', 'resolving', 'held', 'importing', 'sending', 'completed']],
    begun: 1,
  },
  'is held and rejected': {
    campaign: now,
    parts: HELD,
    acts: [act('held', (w, ctx, ref) => approveSend(w, ctx, ref, 'reject'))],
    ways: [['scheduled', 'resolving', 'held', 'cancelled']],
    begun: 0,
  },
  'is slowed down': {
    campaign: now,
    acts: [act('sending', (w, ctx, ref) => changeRate(w, ctx, ref, 600))],
    ways: [[...WAY, 'completed']],
    begun: 1,
  },
  'pauses itself and is resumed': {
    campaign: now,
    parts: { progress: [failures, progressOf(1000, 0)] },
    acts: [act('paused', resumeSend)],
    ways: [[...WAY, 'paused', 'sending', 'completed']],
    begun: 1,
  },
  'chooses a winner': {
    campaign: { ...now, variants, winner },
    parts: { results },
    ways: [[...WAY, 'deciding', 'sending', 'completed']],
    begun: 2,
  },
  'is paused and resumed with its campaign': {
    campaign: recurringRow(AT - 1, { ...DAILY, until: '2026-11-21' }),
    acts: [
      act('sending', (w, ctx, { campaignId }) => pauseCampaign(w, ctx, campaignId)),
      act('paused', (w, ctx, { campaignId }) => resumeCampaign(w, ctx, campaignId)),
    ],
    ways: [[...WAY, 'paused', 'sending', 'completed']],
    begun: 1,
  },
  'is cancelled with its campaign': {
    campaign: recurringRow(AT - 1),
    acts: [act('sending', (w, ctx, { campaignId }) => cancelCampaign(w, ctx, campaignId))],
    ways: [[...WAY, 'cancelled']],
    begun: 1,
  },
};

/** Goes through a scenario in `mortalWorld` until that dies, then in the world itself; what was queued dies with it. */
async function gone(scenario: Scenario, crashAt: number, when: 'before' | 'after') {
  const { campaign, from = AT, parts = {}, acts = [] } = scenario;
  const left = [...acts];
  const w = world({ progress: () => progressOf(100, left.length > 0 ? 60 : 0), ...parts });
  const { world: mortalWorld, life } = mortal(w, PORTS, (call) => (call === crashAt ? { dies: when } : {}));
  await w.campaigns.create(campaign);
  let at = from;
  const lived = async (work: (alive: World) => Promise<unknown>): Promise<boolean> => {
    try {
      await work(life.dead() ? w : mortalWorld);
      return true;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      w.queue.sent.length = 0;
      return false;
    }
  };
  for (let turn = 0; turn < 2_000; turn++) {
    const send = (await w.sends.list(campaign.id)).at(-1);
    const [next] = left;
    if (next && send?.state === next.when) {
      const ref = { campaignId: campaign.id, sendId: send.id };
      const verb = (alive: World) => next.verb(alive, ctxAt(at, { actor: 'kim' }), ref);
      // Whoever got no answer asks again, and may hear that it is so already.
      if (!(await lived(verb))) await verb(w).catch(unlessConflict);
      left.shift();
      continue;
    }
    const message = w.queue.sent.shift();
    if (message) {
      at += message.delaySeconds * 1000;
      await lived((alive) => advanceSend(alive, ctxAt(at, { actor: 'queue:sends' }), message.body));
      continue;
    }
    const earliest = w.earliest();
    if (earliest === undefined) break;
    at = Math.max(at, Date.parse(earliest)) + 1000;
    await lived((alive) => queueDueSends(alive, ctxAt(at, { actor: 'tick' })));
  }
  return {
    w,
    life,
    sends: await w.sends.list(campaign.id),
    campaign: await w.campaigns.get(campaign.id),
    left,
  };
}

function unlessConflict(error: unknown): void {
  if (!(error instanceof RepointError) || error.code !== 'conflict') throw error;
}

const wayOf = ({ history }: Send): SendState[] => history.map(({ state }) => state);
/** A death may leave out a look, never take another way: a pause that nobody saw is still a pause. */
const isStated = (way: readonly SendState[]): boolean =>
  way.every((state, index) => index === 0 || nextStates(way[index - 1] as SendState).includes(state));

describe.each(Object.entries(SCENARIOS))('a send that %s', (_, scenario) => {
  it('comes to the same end wherever a process dies, with everything that was queued', async () => {
    const whole = await gone(scenario, Number.POSITIVE_INFINITY, 'before');
    expect(whole.sends.map(wayOf)).toEqual(scenario.ways);
    const calls = whole.life.calls();
    const step = WHOLE ? 1 : 7;
    for (const when of ['before', 'after'] as const) {
      for (let at = 1 + (when === 'after' ? Math.floor(step / 2) : 0); at <= calls; at += step) {
        const { w, sends, campaign, left } = await gone(scenario, at, when);
        const label = `${when} call ${at} of ${calls}`;
        const ends = (all: readonly (readonly SendState[])[]) => all.map((way) => way.at(-1));
        expect([label, ends(sends.map(wayOf))]).toEqual([label, ends(scenario.ways)]);
        expect([label, sends.map(wayOf).every(isStated), left]).toEqual([label, true, []]);
        const runs = [...w.pinpoint.campaigns.values()];
        const begun = runs.filter((run) => run.begun).length;
        const all = sends.at(-1)?.state === 'cancelled' ? begun : scenario.begun;
        expect([label, begun, begun <= scenario.begun]).toEqual([label, all, true]);
        expect([label, runs.filter((run) => run.begun && !run.over && !run.removed)]).toEqual([label, []]);
        expect([label, campaign?.open, sends.every(isFinal)]).toEqual([label, {}, true]);
      }
    }
  });
});
