import type { Outcome, OutgoingMessage } from '../../../../lambdas/pinpoint/channels/ports.ts';
import type { DeliverDeps } from '../../../../lambdas/pinpoint/delivery/deliver-slice.ts';
import { runGrants } from '../../../../lambdas/pinpoint/delivery/grants.ts';
import { planCache } from '../../../../lambdas/pinpoint/delivery/plans.ts';
import type { LedgerRecord } from '../../../../lambdas/pinpoint/ledger/record.ts';
import type { DottedValues } from '../../../../lambdas/pinpoint/ports.ts';
import {
  planKey,
  type RunPlan,
  type SkippedEntry,
  type SliceMessage,
  type SliceObject,
} from '../../../../lambdas/pinpoint/runs/run.ts';
import type { Ctx } from '../../../../lambdas/shared/context.ts';
import { memoryObjects, memoryRegistry, memoryRunStore } from '../../runs/support/memory.ts';

export const START = Date.UTC(2026, 10, 1, 9);
export const ACTIVITY = 'activity-1';
const APP = 'app-1';

export const PLAN: RunPlan = {
  applicationId: APP,
  campaignId: 'campaign-1',
  activityId: ACTIVITY,
  treatmentId: '0',
  message: {
    GCMMessage: { Title: 'Hello {{User.UserId}}', Body: '{{User.UserAttributes.name}}{{Attributes.plan}}' },
  },
  campaignTags: '{}',
  userNames: ['User.UserAttributes.name'],
};

export interface WorldOptions {
  readonly entries: number;
  readonly skipped?: readonly SkippedEntry[];
  /** What the provider answers; `sent` unless said otherwise. */
  readonly answer?: (message: OutgoingMessage, attempt: number) => Outcome;
  readonly plan?: RunPlan;
}

/** One slice of a run, its endpoints, and a provider that remembers what it was given. */
export async function worldOf({ entries, skipped = [], answer, plan = PLAN }: WorldOptions) {
  let now = START;
  const runs = memoryRunStore();
  const objects = memoryObjects();
  const queue: { message: SliceMessage; delaySeconds: number }[] = [];
  const ledger: LedgerRecord[] = [];
  const sent: OutgoingMessage[] = [];
  const attempts = new Map<string, number>();
  const deactivated: string[] = [];
  const endpoints = new Map<string, DottedValues>();
  const slice: SliceObject = {
    kind: 'push',
    skipped,
    entries: Array.from({ length: entries }, (_, index) => ({
      e: `e${index}`,
      u: `u${index}`,
      c: 'GCM',
      v: [[`name${index}`]],
    })),
  };
  for (const { e } of slice.entries)
    endpoints.set(e, {
      Address: `token-${e}`,
      ChannelType: 'GCM',
      EndpointStatus: 'ACTIVE',
      OptOut: 'NONE',
      'Attributes.plan': ['gold'],
    });
  await runs.takeUp({ activityId: ACTIVITY, appId: APP, campaignId: 'campaign-1' }, now, now);
  const byReason: Record<string, number> = {};
  for (const { r } of skipped) byReason[r] = (byReason[r] ?? 0) + 1;
  const row = { activityId: ACTIVITY, number: 1, attempt: 1, objectKey: 'slice', entries, skipped: byReason };
  await runs.putSlice(row, now);
  await runs.resolved(ACTIVITY, 1, { lines: entries, slices: 1, metrics: {} });
  await objects.put('slice', slice);
  await objects.put(planKey(ACTIVITY), plan);

  const deps = (): DeliverDeps => {
    let owners = 0;
    return {
      registry: memoryRegistry(),
      runs,
      objects,
      plans: planCache(objects),
      endpoints: {
        async endpoints(_app, ids, names) {
          const rows = ids.flatMap((id) => {
            const all = endpoints.get(id);
            const chosen = Object.entries(all ?? {}).filter(([name]) => names.includes(name));
            return all ? [[id, Object.fromEntries(chosen)] as const] : [];
          });
          return new Map(rows);
        },
        deactivate: async (_app, id) => void deactivated.push(id),
      },
      adapters: {
        push: {
          async send(messages) {
            return messages.map((message): Outcome => {
              const attempt = (attempts.get(message.identity.endpointId) ?? 0) + 1;
              attempts.set(message.identity.endpointId, attempt);
              const outcome = answer?.(message, attempt) ?? {
                kind: 'sent',
                providerMessageId: `p${sent.length}`,
              };
              if (outcome.kind === 'sent') sent.push(message);
              return outcome;
            });
          },
        },
      },
      grants: runGrants(runs),
      ledger: { write: async (_lane, records) => void ledger.push(...records) },
      sliceQueue: {
        send: async (message, { delaySeconds = 0 } = {}) => void queue.push({ message, delaySeconds }),
        sendAll: async (messages) =>
          void queue.push(...messages.map((message) => ({ message, delaySeconds: 0 }))),
      },
      clock: () => now,
      newId: () => `owner-${now}-${owners++}-${Math.random()}`,
    };
  };
  return {
    deps,
    runs,
    queue,
    ledger,
    sent,
    endpoints,
    deactivated,
    /** Attempts by endpoint id. */
    attempts,
    ctx: (timeMs = 120_000): Ctx => ({ actor: 'test', requestId: 'r', now, deadline: now + timeMs }),
    advance: (ms: number): void => {
      now += ms;
    },
    get now() {
      return now;
    },
  };
}

export type World = Awaited<ReturnType<typeof worldOf>>;

export const MESSAGE: SliceMessage = { activityId: ACTIVITY, slice: 1 };

/** One final state by endpoint id, as the view `messages` takes it: what is known for sure wins over `uncertain`. */
export function finalStates(
  ledger: readonly LedgerRecord[],
): Map<string, { status: string; reason: string }> {
  const states = new Map<string, { status: string; reason: string }>();
  for (const { endpoint_id: id = '', status = '', reason = '' } of ledger) {
    const before = states.get(id);
    if (before && before.status !== 'uncertain' && before.status !== status && status !== 'uncertain')
      throw new Error(`${id} is both ${before.status} and ${status}`);
    if (!before || before.status === 'uncertain') states.set(id, { status, reason });
  }
  return states;
}
