import type { Campaign } from '../../../../lambdas/campaigns/campaign.ts';
import { nextOccurrence } from '../../../../lambdas/campaigns/schedule/recurrence.ts';
import type { Recurrence } from '../../../../lambdas/campaigns/schedule/schedule.ts';

const CREATED = '2026-11-01T00:00:00.000Z';

/** A campaign as it is stored. */
export const campaignRow = (more: Partial<Campaign> = {}): Campaign => ({
  id: 'c1',
  version: 1,
  revision: 1,
  name: '오늘의 혜택',
  segment: 'cart',
  channel: 'push',
  purpose: 'informational',
  variants: [{ id: '0', name: 'A', weight: 10_000, content: { title: '안녕하세요', message: '신제품' } }],
  holdout: 0,
  schedule: { kind: 'now' },
  policy: { label: false, night: 'hold' },
  missing: 'skip',
  defaults: {},
  status: 'scheduled',
  open: {},
  done: { sends: 0, messages: 0, sent: 0 },
  createdAt: CREATED,
  createdBy: 'key-1',
  change: { seq: 1, what: 'created' },
  changedAt: CREATED,
  changedBy: 'key-1',
  ...more,
});

/** Each day at nine in Seoul, which is midnight UTC. */
export const DAILY: Recurrence = {
  cycle: { unit: 'day', every: 1 },
  time: '09:00',
  from: '2026-11-21',
  timeZone: 'Asia/Seoul',
};

/** A campaign whose cycle counts from its first day, and whose next send is the first after `after` (epoch milliseconds). */
export function recurringRow(
  after: number,
  recurrence: Recurrence = DAILY,
  more: Partial<Campaign> = {},
): Campaign {
  const next = nextOccurrence(recurrence, recurrence.from, after);
  const at = next === undefined ? undefined : new Date(next).toISOString();
  return campaignRow({
    schedule: { kind: 'recurring', ...recurrence },
    anchor: recurrence.from,
    status: 'recurring',
    ...(at === undefined ? {} : { next: { at }, dueAt: at }),
    ...more,
  });
}
