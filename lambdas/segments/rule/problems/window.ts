import type { Problem } from '../../../shared/errors.ts';
import { dayNumber, dayText } from '../../../shared/iso-date.ts';
import { today } from '../dates.ts';
import type { Known } from '../known.ts';
import type { WindowFields } from '../rule.ts';
import { dayProblem } from './bounds.ts';

/** What is wrong with when: two windows at once, one beyond what is kept, days that are none or the wrong way round. */
export function windowProblems(window: WindowFields, known: Known, at: string): Problem[] {
  const used = (['inTheLastDays', 'inTheLastHours', 'between'] as const).filter(
    (name) => window[name] !== undefined,
  );
  if (used.length > 1)
    return [{ field: at, message: `${at} has ${used.join(' and ')}; allowed: at most one of them` }];
  const { inTheLastDays, inTheLastHours, between } = window;
  if (between !== undefined) return betweenProblems(between, known, `${at}.between`);
  const { retentionDays } = known;
  if (inTheLastDays !== undefined && inTheLastDays > retentionDays)
    return [beyond(`${at}.inTheLastDays`, inTheLastDays, retentionDays, retentionDays)];
  if (inTheLastHours !== undefined && inTheLastHours > retentionDays * 24)
    return [beyond(`${at}.inTheLastHours`, inTheLastHours, retentionDays, retentionDays * 24)];
  return [];
}

const beyond = (field: string, value: number | string, retentionDays: number, most: number): Problem => ({
  field,
  message: `${field} is ${value}; events are kept for ${retentionDays} days; allowed: at most ${most}`,
});

function betweenProblems({ from, to }: { from: string; to: string }, known: Known, at: string): Problem[] {
  const wrong = [dayProblem(from, `${at}.from`), dayProblem(to, `${at}.to`)].flatMap((one) => one ?? []);
  if (wrong.length > 0) return wrong;
  const [first, last] = [dayNumber(from) ?? 0, dayNumber(to) ?? 0];
  if (first > last)
    return [{ field: at, message: `${at} is from ${from} to ${to}; allowed: to is not before from` }];
  const oldest = today(known.moment) - known.retentionDays;
  if (first >= oldest) return [];
  const field = `${at}.from`;
  const kept = `events are kept for ${known.retentionDays} days`;
  return [{ field, message: `${field} is ${from}; ${kept}; allowed: ${dayText(oldest)} or later` }];
}
