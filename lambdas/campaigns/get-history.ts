import { invalid, notFound } from '../shared/errors.ts';
import type { Campaign, Definition, Doing } from './campaign.ts';
import { lastChange } from './change-campaign.ts';
import { type Difference, differences } from './definition/differences.ts';
import { markProblems, pageProblems, unknownParameters } from './list-campaigns.ts';
import type { CampaignChange, CampaignStore, ChangeStore } from './ports.ts';
import type { SendStore, VersionStore } from './sends/ports.ts';
import type { SendState } from './sends/send-state.ts';

export interface HistoryDeps {
  readonly campaigns: CampaignStore;
  readonly changes: ChangeStore;
  readonly versions: VersionStore;
  readonly sends: SendStore;
}

/** What somebody did to the campaign, or what became of one of its sends. `at` is ISO 8601. */
export type HistoryEntry = { readonly at: string; readonly by: string } & (
  | {
      readonly what: Doing;
      readonly version: number;
      /** The campaign a clone was made from. */
      readonly of: string | null;
      readonly why: string | null;
      /** What an edit changed, field by field. */
      readonly changes: readonly Difference[];
    }
  | { readonly send: string; readonly state: SendState; readonly why: string | null }
);

const DEFAULT_PAGE = 100;
const MAX_PAGE = 500;

/**
 * Everything that was done to a campaign and its sends, newest first: by whom, when, and what an edit changed. Kept for
 * good. `after` is the last page's `next`.
 */
export async function getHistory(
  deps: HistoryDeps,
  id: string,
  query: Readonly<Record<string, string>>,
): Promise<{ result: readonly HistoryEntry[]; next: string | null }> {
  const { limit = String(DEFAULT_PAGE), after } = query;
  const problems = [
    ...unknownParameters(query, ['limit', 'after']),
    ...pageProblems(limit, MAX_PAGE),
    ...markProblems(after),
  ];
  if (problems.length > 0) throw invalid(problems);
  const campaign = await deps.campaigns.get(id);
  if (!campaign) throw notFound(`There is no campaign "${id}"`, 'id');
  const all = [...(await changesOf(deps, campaign)), ...(await transitionsOf(deps, id))]
    .filter(({ mark }) => after === undefined || mark < after)
    .sort((a, b) => (a.mark < b.mark ? 1 : -1));
  const page = all.slice(0, Number(limit));
  const result = await Promise.all(page.map(({ entry }) => entry()));
  return { result, next: all.length > page.length ? (page.at(-1)?.mark ?? null) : null };
}

/** An entry by its place: what an edit changed is read only when it is shown. */
interface Placed {
  readonly mark: string;
  readonly entry: () => Promise<HistoryEntry> | HistoryEntry;
}

const numbered = (count: number): string => String(count).padStart(6, '0');

async function changesOf({ changes, versions }: HistoryDeps, campaign: Campaign): Promise<Placed[]> {
  const last: CampaignChange = lastChange(campaign);
  // Of a change that was kept, and then not followed by another, the row itself still tells.
  const kept = (await changes.list(campaign.id)).filter(({ seq }) => seq < last.seq);
  return [...kept, last].map((change) => ({
    mark: `${change.at}#1#${numbered(change.seq)}`,
    entry: async () => {
      const { what, of = null, why = null, at, by, version } = change;
      const edits = what === 'edited' ? await changedIn(versions, campaign, version) : [];
      return { at, by, what, version, of, why, changes: edits };
    },
  }));
}

async function changedIn(versions: VersionStore, campaign: Campaign, version: number): Promise<Difference[]> {
  const definitionIn = async (wanted: number): Promise<Definition | undefined> =>
    wanted === campaign.version ? campaign : versions.get(campaign.id, wanted);
  const [before, after] = await Promise.all([definitionIn(version - 1), definitionIn(version)]);
  return before && after ? differences(before, after) : [];
}

async function transitionsOf({ sends }: HistoryDeps, id: string): Promise<Placed[]> {
  return (await sends.list(id)).flatMap((send) =>
    send.history.map(({ state, at, by, why = null }, index) => ({
      mark: `${at}#2#${send.id}#${numbered(index)}`,
      entry: () => ({ at, by, send: send.id, state, why }),
    })),
  );
}
