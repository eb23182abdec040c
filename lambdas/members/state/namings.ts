/** Who was named when in a browser or app, and so whose its anonymous events are (spec §1, "Identity"; view `identities`). Pure. */
import { type EventRow, instantOf } from '../../events/index.ts';
import type { NamedBrowser, Span } from './member-state.ts';

/** Instants kept of a member in a browser. Of more, those lie in one span that are closest together for their age. */
const MOST_SPANS = 12;
/** Browsers that one batch may add to a member: nobody uses more, but anybody may post more in anybody's name. */
const MOST_NEW = 20;

/** Adds what rows tell of where their member was named: every event with both ids does. */
export function withNamings(
  browsers: readonly NamedBrowser[] = [],
  rows: readonly EventRow[],
): readonly NamedBrowser[] {
  const named = new Map<string, number[]>();
  for (const { anonymous_id: anonymousId, occurred_at } of rows) {
    const at = anonymousId === undefined ? undefined : instantOf(occurred_at);
    if (anonymousId === undefined || at === undefined) continue;
    const times = named.get(anonymousId);
    if (times === undefined) named.set(anonymousId, [at]);
    else times.push(at);
  }
  if (named.size === 0) return browsers;
  const known = browsers.map((browser) => addNamings(browser, named.get(browser.anonymousId)));
  for (const { anonymousId } of browsers) named.delete(anonymousId);
  const fresh = [...named].map(([anonymousId, times]) => addNamings({ anonymousId, namings: [] }, times));
  return [...known, ...fresh.sort((a, b) => lastNamed(b) - lastNamed(a)).slice(0, MOST_NEW)];
}

const addNamings = (browser: NamedBrowser, times: readonly number[] = []): NamedBrowser => ({
  ...browser,
  namings: spansOf([...browser.namings, ...times.map((at) => ({ from: at, to: at }))]),
});

/** Spans in the order of time, none within another, and no more than `MOST_SPANS`. */
export function spansOf(spans: readonly Span[]): readonly Span[] {
  const kept: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const last = kept.at(-1);
    if (last === undefined || span.from > last.to) kept.push(span);
    else if (span.to > last.to) kept[kept.length - 1] = { from: last.from, to: span.to };
    if (kept.length > MOST_SPANS) join(kept);
  }
  return kept;
}

/** Makes one of the two spans that are closest together for their age: long ago, only long pauses are worth knowing. */
function join(spans: Span[]): void {
  const latest = spans.at(-1)?.to ?? 0;
  let closest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 1 < spans.length; at++) {
    const [from, to] = [spans[at]?.to ?? 0, spans[at + 1]?.from ?? 0];
    const score = (to - from) / (latest - from);
    if (score < least) [closest, least] = [at, score];
  }
  const [first, second] = spans.splice(closest, 2);
  if (first && second) spans.splice(closest, 0, { from: first.from, to: second.to });
}

/** A member who was named in a browser. */
export interface Claim extends Pick<NamedBrowser, 'namings' | 'settledTo'> {
  readonly userId: string;
}

export interface Owner {
  readonly userId: string;
  /** Their own state has it already. */
  readonly isSettled: boolean;
}

/**
 * Whose an anonymous event of that instant is: the first member's who was named at its time or later, of two at one
 * instant the one with the lesser id; undefined while there is none.
 */
export function ownerOf(claims: readonly Claim[], at: number): Owner | undefined {
  let [first, when]: [Claim | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const claim of claims) {
    const span = claim.namings.find(({ to }) => to >= at);
    if (span === undefined) continue;
    const named = Math.max(span.from, at);
    if (named < when || (named === when && first !== undefined && claim.userId < first.userId))
      [first, when] = [claim, named];
  }
  return first && { userId: first.userId, isSettled: at <= (first.settledTo ?? Number.NEGATIVE_INFINITY) };
}

/** The last time the member was named there, epoch milliseconds. */
export const lastNamed = ({ namings }: Pick<NamedBrowser, 'namings'>): number => namings.at(-1)?.to ?? 0;
