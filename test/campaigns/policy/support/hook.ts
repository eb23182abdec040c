import type { Definition } from '../../../../lambdas/campaigns/campaign.ts';
import { variables } from '../../../../lambdas/campaigns/personalisation/variables.ts';
import { answerHook, type HookDeps } from '../../../../lambdas/campaigns/policy/answer-hook.ts';
import type { HookAnswer, HookEvent } from '../../../../lambdas/campaigns/policy/hook.ts';
import type { PolicySettings } from '../../../../lambdas/campaigns/policy/settings.ts';
import { textNeeds } from '../../../../lambdas/campaigns/policy/text-needs.ts';
import type { Template } from '../../../../lambdas/campaigns/templates/template.ts';
import type { MemberReach } from '../../../../lambdas/members/index.ts';
import type { DottedValues } from '../../../../lambdas/shared/rendering/part.ts';
import { randomOf } from '../../../support/virtual-time.ts';
import { memoryCoupons } from '../../coupons/support.ts';
import { memoryContacts } from './memory.ts';
import { seoul, settings } from './rules.ts';

const given = { granted: true, at: '2026-01-01T00:00:00.000Z', how: 'api' };

/** A member who agreed to advertising on every channel, and to whatever else is said. */
export const agreed = (change: Partial<MemberReach> = {}): MemberReach => ({
  consents: Object.fromEntries(
    (['push', 'email', 'sms', 'kakao'] as const).map((channel) => [channel, { advertising: given }]),
  ),
  ...change,
});
export const alsoAtNight = agreed({
  consents: { push: { advertising: given, night: given }, sms: { advertising: given } },
});

export interface World extends HookDeps {
  now: number;
  says: Definition;
  readonly reaches: Map<string, MemberReach>;
  readonly values: Map<string, DottedValues>;
  readonly contacts: ReturnType<typeof memoryContacts>;
  readonly coupons: ReturnType<typeof memoryCoupons>;
  readonly stored: Template[];
}

/** Advertising by push, now. */
export const SAYS: Definition = {
  name: 'Sale',
  segment: 'cart',
  channel: 'push',
  purpose: 'advertising',
  variants: [{ id: '0', name: 'A', weight: 10_000, content: { title: 't', message: 'm' } }],
  holdout: 0,
  schedule: { kind: 'now' },
  policy: { label: true, night: 'hold' },
  missing: 'skip',
  defaults: {},
};

/** Everything the hook asks, in memory; `send` names the run. Members `u0`, `u1`, … agreed to advertising by day. */
export function worldOf(says: Partial<Definition> = {}, policy: Partial<PolicySettings> = {}): World {
  const reaches = new Map(Array.from({ length: 60 }, (_, index) => [`u${index}`, agreed()] as const));
  const values = new Map<string, DottedValues>();
  const stored: Template[] = [];
  const templates = {
    head: async (channel: string, name: string) => {
      const found = stored.find((one) => one.channel === channel && one.name === name);
      return found && { ...found, revision: 1, latest: 1, active: 1, changedAt: '', changedBy: '' };
    },
    version: async (channel: string, name: string) =>
      stored.find((one) => one.channel === channel && one.name === name),
    list: async () => ({ heads: [] }),
  };
  const world: World = {
    now: seoul('2026-11-22T12:00'),
    says: { ...SAYS, ...says },
    reaches,
    values,
    stored,
    contacts: memoryContacts(),
    coupons: memoryCoupons(),
    random: randomOf(1),
    settings: settings(policy),
    members: { batch: async (ids) => new Map([...reaches].filter(([userId]) => ids.includes(userId))) },
    personal: { of: async () => values },
    needs: textNeeds({ templates: templates as never, variables: variables() }),
    sends: {
      find: async (_app, runId) => ({
        campaignId: 'campaign-1',
        sendId: `send-of-${runId}`,
        says: world.says,
      }),
    },
  };
  return world;
}

export interface Endpoint {
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
}

/** Pinpoint's event about endpoints, by their members: `u1` or, of one with several, `u1/2`. */
export const eventOf = (
  members: readonly string[],
  { run = 'r1', type = 'GCM', message = {} as unknown, attributes = {} as object } = {},
): HookEvent => ({
  ApplicationId: 'app',
  CampaignId: run,
  TreatmentId: '0',
  MessageConfiguration: message,
  Endpoints: Object.fromEntries(
    members.map((id) => {
      const User = { UserId: id.split('/')[0] ?? id, UserAttributes: attributes };
      return [`push:${id}`, { ChannelType: type, Location: {}, Demographic: {}, User }];
    }),
  ),
});

const said = (answer: HookAnswer | undefined): string => {
  if (answer === undefined) return 'missing';
  if (!('Repoint' in answer)) return 'sent';
  return 'Skip' in answer.Repoint ? answer.Repoint.Skip : answer.Repoint.NotBefore;
};

/** What the hook answers, in a word an endpoint. */
export async function asked(world: World, event: HookEvent): Promise<string[]> {
  const answers = await answerHook(world, world.now, event);
  return Object.keys(event.Endpoints).map((id) => said(answers[id]));
}
