import type { Change, SendState } from './send-state.ts';

/** Where a send's recipients stand. `audience` = sent + failed + skipped + uncertain + open (spec §4). */
export interface Counts {
  readonly audience: number;
  readonly sent: number;
  readonly failed: number;
  readonly skipped: number;
  readonly uncertain: number;
  /** Not decided yet. */
  readonly open: number;
  /** Failed and skipped ones by Pinpoint's names: FAILURE_PERMANENT, ENDPOINT_OPT_OUT, … */
  readonly reasons: {
    readonly failed: Readonly<Record<string, number>>;
    readonly skipped: Readonly<Record<string, number>>;
  };
  /** ISO 8601: when this was so. */
  readonly asOf: string;
}

/** One run of a campaign. Times are ISO 8601, UTC. */
export interface Send {
  readonly id: string;
  readonly campaignId: string;
  readonly segment: string;
  readonly state: SendState;
  readonly scheduledFor: string;
  readonly history: readonly Change[];
  /** Last sign of progress within the state. */
  readonly progressAt: string;
  readonly resolutionId?: string;
  /** The resolved list: prefix `s3://bucket/prefix/`, and members in it. */
  readonly list?: { readonly url: string; readonly members: number };
  readonly importJobId?: string;
  readonly pinpointSegmentId?: string;
  readonly pinpointCampaignId?: string;
  readonly counts?: Counts;
  /** Steps in a row that broke, and what the last said. */
  readonly failures: number;
  readonly problem?: string;
  /** When the tick looks at it; absent when nothing is left to do. */
  readonly dueAt?: string;
}

export const NO_COUNTS: Omit<Counts, 'asOf'> = {
  audience: 0,
  sent: 0,
  failed: 0,
  skipped: 0,
  uncertain: 0,
  open: 0,
  reasons: { failed: {}, skipped: {} },
};

/** What a send takes over from its campaign. */
export interface Occasion {
  readonly id: string;
  readonly segment: string;
  readonly sendAt: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** The one send of a campaign that goes out once; its id follows from the campaign, so that opening it twice is opening it once. */
export function firstSend(campaign: Occasion): Send {
  return {
    id: `${campaign.id}-${campaign.sendAt.slice(0, 16).replaceAll(/[-:]/g, '')}`,
    campaignId: campaign.id,
    segment: campaign.segment,
    state: 'scheduled',
    scheduledFor: campaign.sendAt,
    history: [{ state: 'scheduled', at: campaign.createdAt, by: campaign.createdBy }],
    progressAt: campaign.createdAt,
    failures: 0,
    dueAt: campaign.sendAt,
  };
}
