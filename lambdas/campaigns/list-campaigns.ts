import { invalid, type Problem } from '../shared/errors.ts';
import { CAMPAIGN_STATES, type CampaignLine, type CampaignState } from './campaign.ts';
import { markOf } from './line.ts';
import { type LineView, lineView } from './line-view.ts';
import type { CampaignPage, CampaignStore, ListQuery } from './ports.ts';
import type { SendingSettings } from './sends/send-settings.ts';

const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;
const LONGEST_SEARCH = 128;
const PARAMETERS = ['limit', 'state', 'q', 'after'];

export interface CampaignList {
  readonly result: readonly LineView[];
  /** The next page's `after`; null on the last. A search may answer a page that is not full and go on. */
  readonly next: string | null;
}

interface Deps {
  readonly campaigns: Pick<CampaignStore, 'list'>;
  /** The deployment's zone and rate: of campaigns that say none. */
  readonly timeZone: string;
  readonly settings: Pick<SendingSettings, 'ratePerMinute'>;
}

/**
 * A page of campaigns, newest first (spec §4): of one `state`, with `q` in the name, after the last page's `next`. It
 * reads the lines of one page per state from the index, however many campaigns there are.
 */
export async function listCampaigns(
  { campaigns, timeZone, settings }: Deps,
  query: Readonly<Record<string, string>>,
): Promise<CampaignList> {
  const { states, ...page } = parsed(query);
  const pages = await Promise.all(states.map((state) => campaigns.list({ ...page, state })));
  const { lines, after } = merged(pages, page.limit);
  return { result: lines.map((line) => lineView(line, { timeZone, ...settings })), next: after ?? null };
}

type Parsed = Omit<ListQuery, 'state'> & { readonly states: readonly CampaignState[] };

function parsed(query: Readonly<Record<string, string>>): Parsed {
  const { limit = String(DEFAULT_PAGE), state, q, after } = query;
  const problems: Problem[] = [
    ...unknownParameters(query, PARAMETERS),
    ...pageProblems(limit, MAX_PAGE),
    ...markProblems(after),
  ];
  if (state !== undefined && !isCampaignState(state))
    problems.push({ field: 'state', message: `state is "${state}"; allowed: ${CAMPAIGN_STATES.join(', ')}` });
  if (q !== undefined && (q.trim() === '' || q.length > LONGEST_SEARCH))
    problems.push({
      field: 'q',
      message: `q is "${q}"; allowed: 1 to ${LONGEST_SEARCH} characters of a name`,
    });
  if (problems.length > 0) throw invalid(problems);
  return {
    limit: Number(limit),
    states: state === undefined ? CAMPAIGN_STATES : [state as CampaignState],
    ...(after === undefined ? {} : { after }),
    ...(q === undefined ? {} : { q: q.trim() }),
  };
}

/** How many are asked for. */
export const pageProblems = (text: string, most: number, field = 'limit'): Problem[] =>
  /^[1-9]\d*$/.test(text) && Number(text) <= most
    ? []
    : [{ field, message: `${field} is "${text}"; allowed: a whole number from 1 to ${most}` }];

/** A time and what is told apart by: `next` of a page. */
const MARK =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z#[\w#-]{1,200}$/;

/** Where a page goes on. */
export const markProblems = (after: string | undefined): Problem[] =>
  after === undefined || MARK.test(after)
    ? []
    : [{ field: 'after', message: `after is "${after}"; allowed: next of the page before, as it was told` }];

/** A misspelt parameter would otherwise answer another question than was asked. */
export const unknownParameters = (
  query: Readonly<Record<string, string>>,
  allowed: readonly string[],
): Problem[] =>
  Object.keys(query)
    .filter((name) => !allowed.includes(name))
    .map((name) => ({
      field: name,
      message: `${name} is not a known parameter; allowed: ${allowed.join(', ')}`,
    }));

/**
 * The states' pages as one. Beyond the mark of a page that goes on, campaigns of its state are not known yet: nothing
 * older is shown before they are.
 */
function merged(pages: readonly CampaignPage[], limit: number): CampaignPage {
  const known = pages
    .flatMap(({ after }) => after ?? [])
    .sort()
    .at(-1);
  const lines = pages
    .flatMap((page) => page.lines)
    .map((line) => ({ line, mark: markOf(line) }))
    .filter(({ mark }) => known === undefined || mark >= known)
    .sort((a, b) => (a.mark < b.mark ? 1 : -1));
  const shown = lines.slice(0, limit);
  const after = lines.length > limit ? shown.at(-1)?.mark : known;
  return { lines: shown.map(({ line }): CampaignLine => line), ...(after === undefined ? {} : { after }) };
}

const isCampaignState = (state: string): state is CampaignState =>
  (CAMPAIGN_STATES as readonly string[]).includes(state);
