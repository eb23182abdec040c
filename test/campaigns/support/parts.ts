import type { Named } from '../../../lambdas/campaigns/named.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import { policySettings } from '../../../lambdas/campaigns/policy/settings.ts';
import type {
  CampaignChange,
  ChangeStore,
  Likeness,
  LikenessStore,
} from '../../../lambdas/campaigns/ports.ts';
import type { AudienceCheck } from '../../../lambdas/campaigns/sends/ports.ts';
import { cryptoIds } from '../../../lambdas/shared/ids.ts';

/** Members whose values no text shows. */
export const SILENT_AUDIENCE: AudienceCheck = {
  of: async () => ({ looked: 0, sampled: false, defaulted: 0, skipped: 0, tooLong: [] }),
};

export const OPT_OUT = '무료수신거부 080-000-0000';

/** What a deployment decided about advertising; `more` in place of it. */
export const policyOf = (more: object = {}) =>
  policySettings(
    JSON.stringify({
      country: 'KR',
      label: true,
      optOutText: OPT_OUT,
      nightExemptions: false,
      defaultCaps: {},
      cappedPurposes: 'all',
      ...more,
    }),
    'Asia/Seoul',
  );

export function memoryChanges(): ChangeStore & LikenessStore {
  const changes = new Map<string, CampaignChange>();
  const likenesses = new Map<string, Likeness & { readonly print: string }>();
  return {
    async keep(campaignId, change) {
      changes.set(`${campaignId}#${String(change.seq).padStart(6, '0')}`, change);
    },
    list: async (campaignId) =>
      [...changes]
        .filter(([key]) => key.startsWith(`${campaignId}#`))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, change]) => change),
    alike: async (print) =>
      [...likenesses.values()]
        .filter((likeness) => likeness.print === print)
        .map(({ print: _, ...likeness }) => likeness)
        .sort((a, b) => (a.at < b.at ? 1 : -1)),
    async remember(print, likeness) {
      likenesses.set(`${print}#${likeness.at}#${likeness.campaignId}`, { ...likeness, print });
    },
  };
}

/** There is one template, `welcome`, and one coupon pool, `spring`. */
const NAMED: Named = {
  template: async (channel, { name }) =>
    name === 'welcome' ? undefined : `There is no ${channel} template "${name}"; nearest: welcome`,
  pool: async (name) =>
    name === 'spring' ? undefined : `There is no coupon pool "${name}"; nearest: spring`,
};

/** What creating and changing a campaign needs beside its stores and its sends. */
export function campaignParts() {
  const changes = memoryChanges();
  return {
    changes,
    likenesses: changes,
    named: NAMED,
    policy: policyOf(),
    variables: variables(),
    ids: cryptoIds,
    timeZone: 'Asia/Seoul',
  };
}
