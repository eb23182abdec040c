import type { Campaign } from '../../../../lambdas/campaigns/campaign.ts';
import { advanceSend } from '../../../../lambdas/campaigns/sends/advance-send.ts';
import { openDue } from '../../../../lambdas/campaigns/sends/open-due.ts';
import type { Send } from '../../../../lambdas/campaigns/sends/send.ts';
import type { SendState } from '../../../../lambdas/campaigns/sends/send-state.ts';
import { ctxAt, type World } from '../../support/worlds.ts';
import { campaignRow } from './campaigns.ts';

export const AT = Date.parse('2026-11-21T00:00:00Z');

/** A campaign of the world with its send opened; `more` is what it says otherwise. */
export async function opened(w: World, more: Partial<Campaign> = {}, now = AT): Promise<Send> {
  const at = new Date(now).toISOString();
  const campaign = campaignRow({ next: { at }, dueAt: at, ...more });
  await w.campaigns.create(campaign);
  await openDue(w, ctxAt(now), campaign);
  return sendOf(w);
}

export async function sendOf(w: World): Promise<Send> {
  const send = (await w.sends.list('c1')).at(-1);
  if (!send) throw new Error('no send');
  return send;
}

/** Works the queue off until the last send is in the state; answers the moment. Throws when it never is. */
export async function until(w: World, state: SendState, from = AT): Promise<number> {
  let now = from;
  for (let turns = 0; turns < 20_000; turns++) {
    if ((await sendOf(w)).state === state) return now;
    const next = w.queue.sent.shift();
    if (!next) break;
    now += next.delaySeconds * 1000;
    await advanceSend(w, ctxAt(now, { actor: 'queue:sends' }), next.body);
  }
  throw new Error(`It is ${(await sendOf(w)).state}, never ${state}`);
}

/** Works off what is due within so many seconds. */
export async function forSeconds(w: World, seconds: number, from: number): Promise<number> {
  let now = from;
  for (;;) {
    const next = w.queue.sent[0];
    if (!next || now + next.delaySeconds * 1000 > from + seconds * 1000) return from + seconds * 1000;
    w.queue.sent.shift();
    now += next.delaySeconds * 1000;
    await advanceSend(w, ctxAt(now, { actor: 'queue:sends' }), next.body);
  }
}

export const statesOf = (send: Send): SendState[] => send.history.map(({ state }) => state);
