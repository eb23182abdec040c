import { HOUR_MS } from '../../shared/durations.ts';
import { invalid } from '../../shared/errors.ts';

/** The moment a question is about: `asOf` of an answer that was not ready, of the last hour; now without it. Epoch milliseconds. */
export function askedAt(asOf: string | undefined, now: number): number {
  if (asOf === undefined) return now;
  const ms = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(asOf) ? Date.parse(asOf) : Number.NaN;
  if (ms <= now && ms >= now - HOUR_MS) return ms;
  const message = `asOf is "${asOf}"; allowed: the asOf of an answer, of the last hour`;
  throw invalid([{ field: 'asOf', message }]);
}
