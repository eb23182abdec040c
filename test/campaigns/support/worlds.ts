import type { SegmentFinder } from '../../../lambdas/campaigns/ports.ts';
import { advanceSend } from '../../../lambdas/campaigns/sends/advance-send.ts';
import type {
  AudienceCheck,
  Resolved,
  SegmentResolver,
  SendMessage,
} from '../../../lambdas/campaigns/sends/ports.ts';
import { queueDueSends } from '../../../lambdas/campaigns/sends/queue-due-sends.ts';
import type { Says } from '../../../lambdas/campaigns/sends/send.ts';
import { sendSettings } from '../../../lambdas/campaigns/sends/send-settings.ts';
import type { VariantResult } from '../../../lambdas/campaigns/variants/results.ts';
import type { Ctx } from '../../../lambdas/shared/context.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { type EngineScript, memoryEngine } from './memory-engine.ts';
import { memoryTable } from './memory-table.ts';
import { campaignParts, SILENT_AUDIENCE } from './parts.ts';

export const START = Date.parse('2026-11-21T12:00:30.000Z');
export const MINUTE_MS = 60_000;

export const ctxAt = (now: number, more: Partial<Ctx> = {}): Ctx => ({
  actor: 'key-1',
  requestId: 'r',
  now,
  deadline: now + 60_000,
  ...more,
});

/** One segment, `cart`; resolutions go through the given states, one a look. */
export function memorySegments(
  states: Resolved[] = [{ state: 'pending' }, READY],
  sizes: readonly number[] = [],
): SegmentFinder & SegmentResolver {
  const left = [...states];
  return {
    async find(name) {
      if (name !== 'cart')
        throw new RepointError('not_found', `There is no segment "${name}"; nearest: cart`);
      return { name, lastSize: { members: 7, at: '2026-11-21T11:00:00.000Z' } };
    },
    resolve: async (_ctx, name, askedBy) => `${name}-${askedBy}`,
    resolution: async () => (left.length > 1 ? left.shift() : left[0]) ?? { state: 'pending' },
    sizes: async () => sizes,
  };
}
export const READY: Resolved = { state: 'ready', url: 's3://work/segments/cart/1/', members: 10 };

export interface Parts extends EngineScript {
  readonly segments?: Resolved[];
  /** Members in the segment when it was resolved before, newest first. */
  readonly sizes?: readonly number[];
  /** What became of the variants of a test. */
  readonly results?: () => VariantResult[];
  readonly audience?: AudienceCheck;
}

const SETTINGS = sendSettings(JSON.stringify({ missedAfterMinutes: 360, policyFunction: 'policy' }));

/** The campaigns domain with everything around it in memory. `queue.sent` is what lies on the queue. */
export function world(parts: Parts = {}) {
  const sent: { body: SendMessage; delaySeconds: number }[] = [];
  const queue = {
    sent,
    async send(body: SendMessage, { delaySeconds = 0 } = {}) {
      sent.push({ body, delaySeconds });
    },
    async sendAll(bodies: readonly SendMessage[]) {
      sent.push(...bodies.map((body) => ({ body, delaySeconds: 0 })));
    },
  };
  const { segments, sizes, results, audience = SILENT_AUDIENCE, ...script } = parts;
  return {
    ...memoryTable(),
    clock: () => 0,
    ...SETTINGS,
    queue,
    segments: memorySegments(segments, sizes),
    pinpoint: memoryEngine(script),
    results: { of: async () => results?.() ?? [] },
    audience,
    saying: { templatesOf: async () => ({}), said: async (says: Says) => ({ says, asksPolicy: false }) },
    ...campaignParts(),
  };
}
export type World = ReturnType<typeof world>;

/** Works the queue off, time passing by the messages' delays; answers the moment it was empty. */
export async function workOff(w: World, from: number): Promise<number> {
  let now = from;
  for (let turns = 0, next = w.queue.sent.shift(); next; next = w.queue.sent.shift(), turns++) {
    if (turns > 50_000) throw new Error('no end');
    now += next.delaySeconds * 1000;
    await advanceSend(w, ctxAt(now, { actor: 'queue:sends' }), next.body);
  }
  return now;
}

/** Ticks each minute until nothing is due within `minutes`, working the queue off in between. */
export async function tickFor(w: World, from: number, minutes: number): Promise<number> {
  let now = from;
  for (let minute = 0; minute < minutes; minute++) {
    now = Math.max(now, from + minute * MINUTE_MS);
    await queueDueSends(w, ctxAt(now, { actor: 'tick' }));
    now = await workOff(w, now);
  }
  return now;
}
