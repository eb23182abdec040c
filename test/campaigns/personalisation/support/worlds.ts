import type { Definition } from '../../../../lambdas/campaigns/campaign.ts';
import type { Content } from '../../../../lambdas/campaigns/content.ts';
import type { PersonalValues } from '../../../../lambdas/campaigns/personalisation/ports.ts';
import type { MemberAttributes, SurveyDeps } from '../../../../lambdas/campaigns/personalisation/survey.ts';

import type { DottedValues } from '../../../../lambdas/shared/rendering/part.ts';

export const says = (content: Content, rest: Partial<Definition> = {}): Definition => ({
  name: '겨울',
  segment: 'all',
  channel: 'push',
  purpose: 'informational',
  variants: [{ id: '0', name: 'A', weight: 10_000, content }],
  holdout: 0,
  schedule: { kind: 'now' },
  policy: { label: false, night: 'hold' },
  missing: 'skip',
  defaults: {},
  ...rest,
});

/** Members with attributes, and values that only we know. */
export function memoryMembers(
  people: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  ours: Readonly<Record<string, DottedValues>> = {},
): SurveyDeps {
  const attributes: MemberAttributes = {
    batch: async (userIds) =>
      new Map(
        userIds.flatMap((userId) =>
          people[userId] === undefined ? [] : [[userId, people[userId]] as const],
        ),
      ),
  };
  const personal: PersonalValues = {
    of: async (members, names) =>
      new Map(
        members.map(({ userId }) => [
          userId,
          Object.fromEntries(Object.entries(ours[userId] ?? {}).filter(([name]) => names.includes(name))),
        ]),
      ),
  };
  return { attributes, personal };
}
