import { compileRule } from '../compile/compile-rule.ts';
import { splitRule } from '../compile/split-rule.ts';
import type { SegmentStore } from '../ports.ts';
import { athenaCost } from '../resolve/athena-cost.ts';
import { conditionsOf } from '../resolve/conditions.ts';
import { type PinnedRule, pinnedRule, type Uses } from '../resolve/pinned-rule.ts';
import type { ResolveSettings } from '../resolve/settings.ts';
import type { Rule } from '../rule/rule.ts';
import { type Sentences, sentencesOf } from '../rule/sentences/sentences.ts';
import type { LakeSizes } from './ports.ts';
import { whyPath } from './why.ts';

export interface ExplainDeps {
  readonly segments: Pick<SegmentStore, 'find'>;
  readonly sizes: LakeSizes;
  readonly settings: Pick<ResolveSettings, 'timeZone' | 'retentionDays'>;
}

/** How a rule would be resolved. */
export interface Explanation {
  readonly sentences: Sentences;
  /** Where it is judged: `members`: of their rows alone; `events`: in Athena; `both`: rows first, then Athena. */
  readonly path: PinnedRule['path'];
  readonly why: string;
  readonly uses: Uses;
  /** Null when Athena is not asked. */
  readonly athena: {
    /** UTC days of the view `events` that are read; `to` null: without an end. Null: no event is read. */
    readonly days: { readonly from: string; readonly to: string | null } | null;
    readonly columns: readonly string[];
    readonly sql: string;
    /** The files of those days, all columns: at most so much, beside the names and transaction_ids of all days (view `events`). Null when there are too many to add up, and of rules with SQL, which names days of its own. */
    readonly bytesAtMost: number | null;
    /** US dollars. */
    readonly costUsdAtMost: number | null;
  } | null;
}

/** Stands in the shown statement where a resolution names its own rows. */
const SOME_RESOLUTION = 'the-resolution';

/** POST /v1/segments/explain: the planner's choice for a rule that was read, and what it would cost. */
export async function explainRule(
  deps: ExplainDeps,
  ctx: { readonly now: number },
  rule: Rule,
): Promise<Explanation> {
  const pinned = await pinnedRule(deps, rule);
  const { path, uses } = pinned;
  const told = { sentences: sentencesOf(rule), path, why: whyPath(splitRule(pinned.rule)), uses };
  if (path === 'members') return { ...told, athena: null };
  const asked = { now: ctx.now, ...deps.settings };
  const { select, days, columns, namedFrom } = compileRule(pinned.rule, asked, {
    resolution: SOME_RESOLUTION,
  });
  const hasSql = conditionsOf(pinned.rule).some(({ kind }) => kind === 'query');
  const bytesAtMost = hasSql ? undefined : days === undefined ? 0 : await deps.sizes.ofDays(days, namedFrom);
  return {
    ...told,
    athena: {
      days: days === undefined ? null : { from: days.from, to: days.to ?? null },
      columns,
      sql: select,
      bytesAtMost: bytesAtMost ?? null,
      costUsdAtMost: bytesAtMost === undefined ? null : athenaCost(bytesAtMost),
    },
  };
}
