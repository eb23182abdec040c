/** Limits of one run (pinpoint.md §2.5, Limits); undefined = no limit. */
export interface CapLimits {
  /** This campaign's own messages to an endpoint in 24 h. */
  readonly daily?: number;
  /** This campaign's messages to an endpoint over all its runs. */
  readonly total?: number;
  /**
   * The application's default: messages of all campaigns to an endpoint in 24 h. It holds for a campaign without a
   * `daily` of its own; the messages of every campaign count towards it.
   */
  readonly appDaily?: number;
}

export interface CapRun {
  readonly appId: string;
  /** The campaign over all its runs. */
  readonly campaignKey: string;
  /** The run: taking again for the same run counts once. */
  readonly activityId: string;
  readonly limits: CapLimits;
}

/** Why an endpoint has no room left, as Pinpoint's campaign_send_status says it (pinpoint.md §3.3). */
export type CapStatus = 'DAILY_CAP' | 'CAMPAIGN_CAP';

/** Counts what a run targets, whether it is delivered or not (pinpoint.md §2.5). */
export interface Caps {
  /**
   * Counts a message for each endpoint that still has room, and answers with those that have none. `now`: epoch
   * milliseconds. Safe to repeat: what the run has counted before it neither counts again nor refuses.
   */
  take(run: CapRun, endpointIds: readonly string[], now: number): Promise<Map<string, CapStatus>>;
}
