import type { Ctx } from '../shared/context.ts';
import { invalid, notFound } from '../shared/errors.ts';
import type { Campaign, CampaignState } from './campaign.ts';
import { pageProblems, unknownParameters } from './list-campaigns.ts';
import type { CampaignStore } from './ports.ts';
import { upcoming } from './schedule/calendar.ts';
import { resumeAnchor } from './schedule/recurrence.ts';
import type { Schedule } from './schedule/schedule.ts';
import { stateOf } from './standing.ts';

const DEFAULT_COUNT = 10;
const MAX_COUNT = 100;

export interface Upcoming {
  readonly state: CampaignState;
  /** ISO 8601, in order. */
  readonly times: readonly string[];
  /** The times are those there would be if it were started or resumed at this moment; null when they will come by themselves. */
  readonly onceIt: 'starts' | 'resumes' | null;
}

/** The next times a campaign goes out, `count` of them at most; none of one that has ended. */
export async function getUpcoming(
  { campaigns }: { readonly campaigns: CampaignStore },
  { now }: Ctx,
  id: string,
  query: Readonly<Record<string, string>>,
): Promise<Upcoming> {
  const { count = String(DEFAULT_COUNT) } = query;
  const problems = [...unknownParameters(query, ['count']), ...pageProblems(count, MAX_COUNT, 'count')];
  if (problems.length > 0) throw invalid(problems);
  const campaign = await campaigns.get(id);
  if (!campaign) throw notFound(`There is no campaign "${id}"`, 'id');
  const { onceIt, times } = plannedFor(campaign, now, Number(count));
  return { state: stateOf(campaign), times: times.map((at) => new Date(at).toISOString()), onceIt };
}

function plannedFor(
  { status, schedule, anchor, next }: Campaign,
  now: number,
  count: number,
): { times: readonly number[]; onceIt: Upcoming['onceIt'] } {
  switch (status) {
    case 'cancelled':
    case 'completed':
      return { times: [], onceIt: null };
    case 'draft':
    case 'stopped':
      return { times: begun(schedule, undefined, now, count), onceIt: 'starts' };
    case 'paused': {
      const anchor = schedule.kind === 'recurring' ? resumeAnchor(schedule, now) : undefined;
      const over = schedule.kind === 'recurring' && anchor === undefined;
      return { times: over ? [] : begun(schedule, anchor, now, count), onceIt: 'resumes' };
    }
    case 'scheduled':
    case 'recurring': {
      if (!next) return { times: [], onceIt: null };
      const first = Date.parse(next.at);
      return { times: [first, ...upcoming(schedule, anchor, first, count - 1)], onceIt: null };
    }
  }
}

const begun = (schedule: Schedule, anchor: string | undefined, now: number, count: number) =>
  schedule.kind === 'now' ? [now] : upcoming(schedule, anchor, now, count);
