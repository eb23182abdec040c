import type { EndpointDefinition } from './endpoints/definition.ts';

/** What every function that takes part in a campaign is told of it (pinpoint.md §3.1, §3.2). */
export interface CampaignEvent {
  readonly ApplicationId: string;
  readonly CampaignId: string;
  readonly TreatmentId: string;
  readonly ActivityId: string;
  /** ISO 8601. */
  readonly ScheduledTime: string;
  /** By endpoint id, as many as a call holds. */
  readonly Endpoints: Readonly<Record<string, EndpointDefinition>>;
}
