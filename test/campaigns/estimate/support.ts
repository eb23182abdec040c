import type { Definition } from '../../../lambdas/campaigns/campaign.ts';
import { costsOf } from '../../../lambdas/campaigns/estimate/costs.ts';
import type { EstimateDeps } from '../../../lambdas/campaigns/estimate/estimate-campaign.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import { type ProfiledMember, profileOf } from '../../../lambdas/members/member-profile.ts';
import { memoryContacts } from '../policy/support/memory.ts';
import { settings } from '../policy/support/rules.ts';
import { memoryTemplates } from '../templates/support/memory.ts';

export const URL = 's3://work/segments/all/1/';

export type Person = ProfiledMember;

/** An estimate's world: who is in the list, in so many files, and who of them is a member. */
export function worldOf(people: readonly Person[], userIds = people.map(({ userId }) => userId), files = 1) {
  const whole = new Map(people.map((person) => [person.userId, profileOf(person)]));
  const bare = new Map(people.map(({ attributes: _, ...person }) => [person.userId, profileOf(person)]));
  const lines = userIds.map((userId) => `${JSON.stringify({ User: { UserId: userId } })}\n`);
  const deps: EstimateDeps = {
    resolved: { of: async () => ({ resolutionId: 'r1', url: URL, at: '2026-11-22T02:50:00.000Z' }) },
    lists: {
      files: async () => Array.from({ length: files }, (_, index) => String(index)),
      async *read(file) {
        yield new TextEncoder().encode(lines.filter((_, index) => index % files === Number(file)).join(''));
      },
    },
    profiles: { batch: async (ids, { attributes }) => onlyOf(attributes ? whole : bare, ids) },
    personal: { of: async () => new Map() },
    rendered: () => [],
    contacts: memoryContacts(),
    coupons: { count: async () => ({ left: 0 }) },
    variables: variables(),
    templates: memoryTemplates(),
    policy: settings(),
    settings: {},
    monthUse: { of: async () => ({}) },
    costs: costsOf('{"currency":"KRW"}'),
  };
  return deps;
}

const onlyOf = <Value>(all: ReadonlyMap<string, Value>, ids: readonly string[]) =>
  new Map(
    ids.flatMap((id): [string, Value][] => {
      const found = all.get(id);
      return found === undefined ? [] : [[id, found]];
    }),
  );

export const campaign = (change: Partial<Definition> = {}): Definition => ({
  name: 'n',
  segment: 'all',
  channel: 'push',
  purpose: 'informational',
  variants: [
    { id: '0', name: 'A', weight: 10_000 - (change.holdout ?? 0), content: { title: 't', message: 'm' } },
  ],
  holdout: 0,
  schedule: { kind: 'now' },
  policy: { label: false, night: 'hold' },
  missing: 'skip',
  defaults: {},
  ...change,
});
