import { DAY_MS } from '../../shared/durations.ts';

/** What a deployment says of resolutions. */
export interface ResolveSettings {
  /** IANA. */
  readonly timeZone: string;
  /** Events are kept so many days. */
  readonly retentionDays: number;
  /** Lists are kept so long. */
  readonly listMs: number;
}

/** From environment variables: days, as the deployment wrote them. */
export const resolveSettings = (env: {
  readonly timeZone: string;
  readonly eventsDays: string;
  readonly listDays: string;
}): ResolveSettings => ({
  timeZone: env.timeZone,
  retentionDays: Number(env.eventsDays),
  listMs: Number(env.listDays) * DAY_MS,
});
