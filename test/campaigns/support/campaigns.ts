import { randomUUID } from 'node:crypto';
import type { Campaign } from '../../../lambdas/campaigns/campaign.ts';

/** A campaign that goes out once, at `at` (ISO 8601), and waits for it. */
export const campaignAt = (at: string, more: Partial<Campaign> = {}): Campaign => ({
  id: randomUUID(),
  name: 'n',
  segment: 'cart',
  channel: 'push',
  purpose: 'informational',
  variants: [{ id: '0', name: 'A', weight: 10_000, content: { title: 't', message: 'm' } }],
  holdout: 0,
  schedule: { kind: 'at', at },
  policy: { label: false, night: 'hold' },
  missing: 'skip',
  defaults: {},
  status: 'scheduled',
  next: { at },
  open: {},
  done: { sends: 0, messages: 0, sent: 0 },
  version: 1,
  revision: 1,
  createdAt: at,
  createdBy: 'key-1',
  change: { seq: 1, what: 'created' },
  changedAt: at,
  changedBy: 'key-1',
  ...more,
});

/** A campaign without what it is to have no more: a value of `undefined` is not the same. */
export function without<Part extends keyof Campaign>(
  campaign: Campaign,
  ...parts: Part[]
): Omit<Campaign, Part> {
  const left: Partial<Campaign> = { ...campaign };
  for (const part of parts) delete left[part];
  return left as Omit<Campaign, Part>;
}
