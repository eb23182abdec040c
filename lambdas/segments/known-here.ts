import { outline } from '../../schemas/events/plan/generated/outline.js';
import { BUILT_IN } from '../members/index.ts';
import type { KnownDeps } from './known-for.ts';
import type { Lists } from './lists/ports.ts';

/** Custom attributes that members have, as far as they were ever told of. */
export interface Attributes {
  all(): Promise<readonly { readonly name: string }[]>;
}

/** What rules may name in this deployment. */
export const knownHere = (
  segments: KnownDeps['segments'],
  lists: Pick<Lists, 'all'>,
  attributes: Attributes,
  settings: KnownDeps['settings'],
): KnownDeps => ({
  segments,
  lists: {
    // Nobody will ever be on one that has failed.
    ids: async () =>
      (await lists.all()).flatMap(({ list }) =>
        list.state === 'failed' || list.state === 'deleting' ? [] : [list.id],
      ),
  },
  attributes: {
    // As long as nobody has told of a member, a name can only be taken on trust.
    async names() {
      const custom = await attributes.all();
      return custom.length === 0 ? undefined : new Set([...custom, ...BUILT_IN].map(({ name }) => name));
    },
  },
  events: outline,
  settings,
  // Its grammar takes longer to load than the rest of the function, and few rules have SQL.
  checkSql: async () => (await import('#check-sql')).checkSql,
});
