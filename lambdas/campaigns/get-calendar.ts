import type { Ctx } from '../shared/context.ts';
import { DAY_MS } from '../shared/durations.ts';
import { invalid, type Problem } from '../shared/errors.ts';
import type { CampaignLine, CampaignState } from './campaign.ts';
import type { Channel } from './content.ts';
import { markProblems, unknownParameters } from './list-campaigns.ts';
import type { CampaignStore } from './ports.ts';
import { calendar, type Period, type PlannedSend } from './schedule/calendar.ts';
import { instantOf } from './schedule/when.ts';

/** States of campaigns that have something to come: all others are never read. */
const LIVE: readonly CampaignState[] = ['scheduled', 'recurring', 'sending', 'held', 'paused'];
const PAGE = 200;
const MOST_SENDS = 1000;
const DEFAULT_DAYS = 31;
const MAX_DAYS = 366;

export interface CalendarEntry {
  readonly at: string;
  readonly campaignId: string;
  readonly name: string;
  readonly channel: Channel;
  readonly segment: string;
  readonly recurring: boolean;
}

export interface CalendarView {
  /** By time; at most 1,000. */
  readonly result: readonly CalendarEntry[];
  /** The next page's `after`; null on the last. */
  readonly next: string | null;
}

interface Deps {
  readonly campaigns: Pick<CampaignStore, 'list'>;
  readonly timeZone: string;
}

/**
 * The sends to come of all campaigns from `from` (default and at least: now) until before `to` (default: 31 days later),
 * ISO 8601 or local dates of the deployment, after the last page's `next`. It reads the campaigns that have something to come, from the index of lists.
 */
export async function getCalendar(
  deps: Deps,
  ctx: Ctx,
  query: Readonly<Record<string, string>>,
): Promise<CalendarView> {
  const period = periodOf(query, deps.timeZone, ctx.now);
  const lines = new Map((await liveOf(deps)).map((line) => [line.id, line]));
  const { sends, more } = calendar(lines.values(), period, MOST_SENDS);
  const last = sends.at(-1);
  return {
    result: sends.flatMap(({ campaignId, at }) => entryOf(lines.get(campaignId), at)),
    next: more && last ? markOf(last) : null,
  };
}

const markOf = ({ at, campaignId }: PlannedSend): string => `${new Date(at).toISOString()}#${campaignId}`;

function marked(mark: string): PlannedSend {
  const end = mark.indexOf('#');
  return { at: Date.parse(mark.slice(0, end)), campaignId: mark.slice(end + 1) };
}

async function liveOf({ campaigns }: Deps): Promise<CampaignLine[]> {
  const lists = await Promise.all(
    LIVE.map(async (state) => {
      const lines: CampaignLine[] = [];
      let after: string | undefined;
      do {
        const page = await campaigns.list({ state, limit: PAGE, ...(after === undefined ? {} : { after }) });
        lines.push(...page.lines);
        after = page.after;
      } while (after !== undefined);
      return lines;
    }),
  );
  return lists.flat();
}

function entryOf(line: CampaignLine | undefined, at: number): CalendarEntry[] {
  if (!line) return [];
  const { id, name, channel, segment, schedule } = line;
  const recurring = schedule.kind === 'recurring';
  return [{ at: new Date(at).toISOString(), campaignId: id, name, channel, segment, recurring }];
}

function periodOf(query: Readonly<Record<string, string>>, timeZone: string, now: number): Period {
  const { after } = query;
  const problems: Problem[] = [...unknownParameters(query, ['from', 'to', 'after']), ...markProblems(after)];
  const read = (field: 'from' | 'to', otherwise: number): number => {
    const text = query[field];
    if (text === undefined) return otherwise;
    const at = instantOf(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text, timeZone);
    const allowed = `2026-12-24, 2026-12-24T09:00 (local time in ${timeZone}), 2026-12-24T00:00:00Z`;
    if (at === undefined) problems.push({ field, message: `${field} is "${text}"; allowed: ${allowed}` });
    return at ?? otherwise;
  };
  const from = Math.max(now, read('from', now));
  const to = read('to', from + DEFAULT_DAYS * DAY_MS);
  if (problems.length === 0 && (to <= from || to - from > MAX_DAYS * DAY_MS))
    problems.push({
      field: 'to',
      message: `to is "${query['to'] ?? ''}"; allowed: after from (and after now), up to ${MAX_DAYS} days later`,
    });
  if (problems.length > 0) throw invalid(problems);
  return { fromMs: from, toMs: to, ...(after === undefined ? {} : { after: marked(after) }) };
}
