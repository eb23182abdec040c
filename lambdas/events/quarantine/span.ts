/** From when to when. Pure. */
import type { Problem } from '../../shared/errors.ts';
import { DAY_MS, parseInstant } from '../time.ts';

/** Both inclusive, epoch milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Two machines' clocks differ by less. */
const LEEWAY_MS = 60_000;
const DAY = /^\d{4}-\d\d-\d\d$/;

/**
 * The span between `from` and `to`: instants in ISO 8601 with a zone, or UTC days, of which `to` is meant whole. Left out,
 * it goes back `mostDays` and up to now. Problems are added to `problems`.
 */
export function spanOf(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: number,
  mostDays: number,
  problems: Problem[],
): Span {
  const earliest = now - mostDays * DAY_MS;
  const fromMs = instant('from', from, 0, problems) ?? earliest;
  const toMs = instant('to', to, DAY_MS - 1, problems) ?? Number.POSITIVE_INFINITY;
  if (from !== undefined && to !== undefined && fromMs > toMs)
    problems.push({ field: 'from', message: `from is "${from}", which is after to, "${to}"` });
  return { fromMs: Math.max(fromMs, earliest), toMs: Math.min(toMs, now + LEEWAY_MS) };
}

function instant(
  field: string,
  text: string | undefined,
  endOfDay: number,
  problems: Problem[],
): number | undefined {
  if (text === undefined) return undefined;
  const ms = DAY.test(text) ? parseInstant(`${text}T00:00:00Z`) : parseInstant(text);
  if (ms === undefined) {
    const allowed = 'a UTC day (2026-11-20) or an instant in ISO 8601 with a zone';
    problems.push({ field, message: `${field} is "${text}"; allowed: ${allowed}` });
    return undefined;
  }
  return DAY.test(text) ? ms + endOfDay : ms;
}
