import { invalid, notFound } from '../../shared/errors.ts';
import type { WinnerMetric } from '../content.ts';
import { unknownParameters } from '../list-campaigns.ts';
import type { CampaignStore } from '../ports.ts';
import type { SendStore, VersionStore } from '../sends/ports.ts';
import type { Send } from '../sends/send.ts';
import type { VariantResults } from './ports.ts';
import { HOLDOUT, noResult, type VariantResult } from './results.ts';
import { compareEach, type VariantComparison } from './significance.ts';

export interface ResultsDeps {
  readonly campaigns: Pick<CampaignStore, 'get'>;
  readonly versions: Pick<VersionStore, 'get'>;
  readonly sends: Pick<SendStore, 'get' | 'latest'>;
  readonly results: VariantResults;
}

/** What became of one variant, or of the holdout; all but `revenue` are counts of members. */
export interface ResultView extends Omit<VariantResult, 'revenueSquares' | 'currency'> {
  readonly name: string;
  readonly currency: string | null;
}

export interface ResultsView {
  readonly send: string;
  /** The campaign's version that it says. */
  readonly version: number;
  /** In their order; after a winner was chosen, of its test alone. */
  readonly variants: readonly ResultView[];
  readonly holdout: ResultView | null;
  /** Each variant against the first by delivered messages, and against the holdout by everybody the split gave each. */
  readonly comparisons: readonly (VariantComparison & { readonly metric: WinnerMetric })[];
  readonly winner: Send['winner'] | null;
}

const METRICS: readonly WinnerMetric[] = ['opens', 'clicks', 'conversions', 'revenue'];

/**
 * How the variants of a send did, and how sure that is (spec §4): the campaign's last one, or the one that is named. Throws
 * `not_found` when it has none, `unavailable` while it cannot be told.
 */
export async function getResults(
  deps: ResultsDeps,
  id: string,
  query: Readonly<Record<string, string>>,
): Promise<ResultsView> {
  const problems = unknownParameters(query, ['send']);
  if (problems.length > 0) throw invalid(problems);
  if (!(await deps.campaigns.get(id))) throw notFound(`There is no campaign "${id}"`, 'id');
  const send = await sendOf(deps, id, query['send']);
  const [says, found] = await Promise.all([
    deps.versions.get(id, send.version),
    deps.results.of(id, send.id),
  ]);
  const byId = new Map(found.map((result) => [result.variantId, result]));
  const variants = (says?.variants ?? []).map(({ id: variantId, name }) => ({
    name,
    result: byId.get(variantId) ?? noResult(variantId),
  }));
  const heldOut = says && says.holdout > 0 ? (byId.get(HOLDOUT) ?? noResult(HOLDOUT)) : undefined;
  return {
    send: send.id,
    version: send.version,
    variants: variants.map(({ name, result }) => viewOf(name, result)),
    holdout: heldOut ? viewOf(HOLDOUT, heldOut) : null,
    comparisons: METRICS.flatMap((metric) =>
      comparisonsBy(
        metric,
        variants.map(({ result }) => result),
        heldOut,
      ),
    ),
    winner: send.winner ?? null,
  };
}

async function sendOf({ sends }: ResultsDeps, id: string, wanted: string | undefined): Promise<Send> {
  const send = wanted === undefined ? (await sends.latest(id, 1))[0] : (await sends.get(id, wanted))?.send;
  if (send) return send;
  if (wanted === undefined) throw notFound(`Campaign "${id}" has no send yet`, 'id');
  throw notFound(`Campaign "${id}" has no send "${wanted}"`, 'send');
}

function comparisonsBy(
  metric: WinnerMetric,
  [first, ...others]: readonly VariantResult[],
  heldOut: VariantResult | undefined,
) {
  if (!first) return [];
  // Nobody who got nothing opens or clicks.
  const isAnswered = metric === 'conversions' || metric === 'revenue';
  return [
    ...compareEach(others, first, metric, 'delivered'),
    ...(heldOut && isAnswered ? compareEach([first, ...others], heldOut, metric, 'members') : []),
  ].map((comparison) => ({ metric, ...comparison }));
}

function viewOf(name: string, { revenueSquares: _, currency, ...result }: VariantResult): ResultView {
  return { ...result, name, currency: currency ?? null };
}
