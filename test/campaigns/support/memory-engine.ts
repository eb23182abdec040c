import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { cancelledRest } from '../../../lambdas/campaigns/sends/counts.ts';
import type {
  ImportState,
  PinpointCampaigns,
  Progress,
  Steering,
} from '../../../lambdas/campaigns/sends/ports.ts';
import { NO_COUNTS, type Tally } from '../../../lambdas/campaigns/sends/send.ts';

export interface EngineScript {
  readonly imports?: readonly ImportState[];
  /** What campaigns that were let go are in: one state a look, or as it is at the look. */
  readonly progress?: readonly Progress[] | (() => Progress);
}

export interface EngineCampaign {
  readonly id: string;
  readonly request: WriteCampaignRequest;
  /** What it was told last. */
  steering: Steering;
  /** Whether it was ever let go. */
  begun: boolean;
  over: boolean;
  removed: boolean;
  counts: Tally;
  /** Why it rests, when it paused itself. */
  reason: string;
}

/**
 * A Pinpoint that keeps its keys for ever. Imports, and campaigns that were let go, are in the next of the given states at
 * each look; the last one stays.
 */
export function memoryEngine({ imports: importScript, progress: progressScript }: EngineScript = {}) {
  const imports = new Map<string, { id: string; url: string }>();
  const campaigns = new Map<string, EngineCampaign>();
  const importStates = [
    ...(importScript ?? [
      { state: 'pending', lines: 0 },
      { state: 'completed', segmentId: 'seg' },
    ]),
  ];
  const next = <T>(states: T[]): T | undefined => (states.length > 1 ? states.shift() : states[0]);
  const looks = typeof progressScript === 'function' ? [] : [...(progressScript ?? DEFAULT())];
  const looked = () =>
    typeof progressScript === 'function' ? progressScript() : (next(looks) ?? progressOf(0, 0));
  const named = (id: string) => [...campaigns.values()].find((campaign) => campaign.id === id);
  const pinpoint: PinpointCampaigns = {
    async createImport(key, { url }) {
      if (!imports.has(key)) imports.set(key, { id: `job${imports.size + 1}`, url });
      return imports.get(key)?.id ?? '';
    },
    importJob: async () => (next(importStates) as ImportState | undefined) ?? { state: 'pending', lines: 0 },
    async createCampaign(key, request) {
      const id = `campaign${campaigns.size + 1}`;
      if (!campaigns.has(key)) campaigns.set(key, made(id, request));
      return campaigns.get(key)?.id ?? '';
    },
    async steer(id, steering) {
      const campaign = named(id);
      if (!campaign || campaign.over || campaign.removed) return false;
      campaign.steering = steering;
      campaign.begun ||= !steering.rests;
      if (!steering.rests) campaign.reason = 'REQUESTED';
      return true;
    },
    async progress(id) {
      const campaign = named(id);
      if (!campaign) return { state: 'gone', counts: NO_COUNTS };
      if (campaign.removed) return { state: 'gone', counts: campaign.counts };
      const { begun, steering, reason, counts } = campaign;
      if (!begun) return { state: 'waiting', counts: NO_COUNTS };
      if (steering.rests) return { state: 'paused', reason, counts };
      const look = looked();
      campaign.counts = look.counts;
      campaign.over = look.state === 'completed' || look.state === 'failed';
      if (look.state === 'paused') {
        campaign.steering = { ...steering, rests: true };
        campaign.reason = look.reason ?? 'REQUESTED';
      }
      return look;
    },
    async remove(id) {
      const campaign = named(id);
      if (!campaign || campaign.removed) return;
      campaign.removed = true;
      campaign.counts = cancelledRest(campaign.counts);
    },
  };
  return { ...pinpoint, imports, campaigns };
}

const DEFAULT = () => [progressOf(10, 4), progressOf(10, 0)];

const made = (id: string, request: WriteCampaignRequest): EngineCampaign => ({
  id,
  request,
  steering: { rests: request.IsPaused === true },
  begun: request.IsPaused !== true,
  over: false,
  removed: false,
  counts: NO_COUNTS,
  reason: 'REQUESTED',
});

/** All of `audience` sent but `open`. */
export const progressOf = (audience: number, open: number): Progress => ({
  state: open === 0 ? 'completed' : 'running',
  counts: { ...NO_COUNTS, audience, open, sent: audience - open },
});
