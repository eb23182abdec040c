import type { Problem } from '../shared/errors.ts';
import type { SegmentStore } from './ports.ts';
import type { Known } from './rule/known.ts';

/** Names of attributes that members have; undefined while no member has any. */
export interface AttributeNames {
  names(): Promise<ReadonlySet<string> | undefined>;
}

/** Ids of uploaded lists. */
export interface ListIds {
  ids(): Promise<readonly string[]>;
}

/** Where what a rule may name is looked up. */
export interface KnownDeps {
  readonly segments: Pick<SegmentStore, 'names'>;
  readonly attributes: AttributeNames;
  readonly lists: ListIds;
  /** The tracking plan. */
  readonly events: Known['events'];
  readonly settings: { readonly retentionDays: number; readonly timeZone: string };
  /** Loads what judges an analyst's SELECT. */
  readonly checkSql: () => Promise<CheckSql>;
}

export type CheckSql = (
  text: string,
  limits: { readonly now: number; readonly retentionDays: number },
) => readonly Problem[];

/** What may be named, as far as the rule (as yet unread) names anything of a kind. */
export async function knownFor(
  deps: KnownDeps,
  ctx: { readonly now: number },
  rule: unknown,
): Promise<Known> {
  const { retentionDays, timeZone } = deps.settings;
  const fields = fieldsIn(rule);
  const [attributes, segments, lists, checkSql] = await Promise.all([
    // A preset may stand for a condition on an attribute.
    fields.has('attribute') || fields.has('preset') ? deps.attributes.names() : undefined,
    fields.has('segment') ? deps.segments.names() : undefined,
    fields.has('list') ? deps.lists.ids() : undefined,
    fields.has('sql') ? deps.checkSql() : undefined,
  ]);
  return {
    events: deps.events,
    retentionDays,
    moment: { now: ctx.now, timeZone },
    ...(checkSql === undefined
      ? {}
      : { checkSql: (text: string) => checkSql(text, { now: ctx.now, retentionDays }) }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(segments === undefined ? {} : { segments }),
    ...(lists === undefined ? {} : { lists }),
  };
}

/** Names of fields anywhere in a value, however deep: it keeps a list of its own, where recursion would run out of stack. */
function fieldsIn(value: unknown): ReadonlySet<string> {
  const fields = new Set<string>();
  const open: unknown[] = [value];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) continue;
    for (const [name, child] of Object.entries(node)) {
      fields.add(name);
      open.push(child);
    }
  }
  return fields;
}
