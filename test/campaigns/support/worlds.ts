import type { Campaign } from '../../../lambdas/campaigns/campaign.ts';
import { lineOf, markOf, searchable } from '../../../lambdas/campaigns/line.ts';
import type { CampaignStore, SegmentFinder } from '../../../lambdas/campaigns/ports.ts';
import { advanceSend } from '../../../lambdas/campaigns/sends/advance-send.ts';
import { shardOf } from '../../../lambdas/campaigns/sends/due.ts';
import type {
  DueRow,
  DueStore,
  Resolved,
  SegmentResolver,
  SendMessage,
  SendStore,
  StoredSend,
  VersionStore,
} from '../../../lambdas/campaigns/sends/ports.ts';
import { queueDueSends } from '../../../lambdas/campaigns/sends/queue-due-sends.ts';
import type { Says } from '../../../lambdas/campaigns/sends/send.ts';
import { sendSettings } from '../../../lambdas/campaigns/sends/send-settings.ts';
import { saysOf } from '../../../lambdas/campaigns/sends/version-store.aws.ts';
import { stateOf } from '../../../lambdas/campaigns/standing.ts';
import type { VariantResult } from '../../../lambdas/campaigns/variants/results.ts';
import type { Ctx } from '../../../lambdas/shared/context.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { type EngineScript, memoryEngine } from './memory-engine.ts';
import { campaignParts } from './parts.ts';

export const START = Date.parse('2026-11-21T12:00:30.000Z');
export const MINUTE_MS = 60_000;

export const ctxAt = (now: number, more: Partial<Ctx> = {}): Ctx => ({
  actor: 'key-1',
  requestId: 'r',
  now,
  deadline: now + 60_000,
  ...more,
});

/** Campaigns, sends and their index `due` in memory, as one table is. */
export function memoryTable(): {
  campaigns: CampaignStore;
  sends: SendStore;
  versions: VersionStore;
  due: DueStore;
} {
  const campaigns = new Map<string, Campaign>();
  const sends = new Map<string, StoredSend>();
  const versions = new Map<string, Says>();
  const sendsOf = (campaignId: string) =>
    [...sends.values()]
      .map(({ send }) => send)
      .filter((send) => send.campaignId === campaignId)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    campaigns: {
      async create(campaign) {
        if (campaigns.has(campaign.id)) return false;
        campaigns.set(campaign.id, campaign);
        return true;
      },
      get: async (id) => campaigns.get(id),
      async replace(next) {
        if (campaigns.get(next.id)?.revision !== next.revision) return undefined;
        const written = { ...next, revision: next.revision + 1 };
        campaigns.set(next.id, written);
        return written;
      },
      async list({ state, limit, after, q = '' }) {
        const found = [...campaigns.values()]
          .filter((campaign) => stateOf(campaign) === state)
          .filter((campaign) => after === undefined || markOf(campaign) < after)
          .filter(({ name }) => searchable(name).includes(searchable(q)))
          .sort((a, b) => (markOf(a) < markOf(b) ? 1 : -1));
        const lines = found.slice(0, limit).map(lineOf);
        const last = lines.at(-1);
        return { lines, ...(found.length > limit && last ? { after: markOf(last) } : {}) };
      },
    },
    sends: {
      async create(send) {
        if (sends.has(send.id)) return undefined;
        sends.set(send.id, { send, revision: 1 });
        return sends.get(send.id);
      },
      get: async (_campaignId, sendId) => sends.get(sendId),
      list: async (campaignId) => sendsOf(campaignId),
      latest: async (campaignId, limit) => sendsOf(campaignId).reverse().slice(0, limit),
      async replace(stored, next) {
        if (sends.get(next.id)?.revision !== stored.revision) return undefined;
        sends.set(next.id, { send: next, revision: stored.revision + 1 });
        return sends.get(next.id);
      },
    },
    versions: {
      async keep(campaign) {
        versions.set(`${campaign.id}/${campaign.version}`, saysOf(campaign));
      },
      get: async (campaignId, version) => versions.get(`${campaignId}/${version}`),
    },
    due: {
      async due(shard, now, limit) {
        const rows: DueRow[] = [
          ...[...campaigns.values()].flatMap(({ id, dueAt }) =>
            dueAt === undefined ? [] : [{ campaignId: id, dueAt }],
          ),
          ...[...sends.values()].flatMap(({ send: { campaignId, id, dueAt } }) =>
            dueAt === undefined ? [] : [{ campaignId, sendId: id, dueAt }],
          ),
        ];
        return rows
          .filter(({ campaignId, dueAt }) => shardOf(campaignId) === shard && Date.parse(dueAt) <= now)
          .sort((a, b) => a.dueAt.localeCompare(b.dueAt))
          .slice(0, limit);
      },
      async claim({ campaignId, sendId, dueAt }, until) {
        const next = new Date(until).toISOString();
        const stored = sendId === undefined ? undefined : sends.get(sendId);
        if (stored) {
          if (stored.send.dueAt !== dueAt) return false;
          sends.set(stored.send.id, { ...stored, send: { ...stored.send, dueAt: next } });
          return { revision: stored.revision };
        }
        const row = campaigns.get(campaignId);
        if (row?.dueAt !== dueAt) return false;
        campaigns.set(campaignId, { ...row, dueAt: next });
        return { revision: row.revision };
      },
    },
  };
}

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
  const { segments, sizes, results, ...script } = parts;
  return {
    ...memoryTable(),
    ...SETTINGS,
    queue,
    segments: memorySegments(segments, sizes),
    pinpoint: memoryEngine(script),
    results: { of: async () => results?.() ?? [] },
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
