import type { ScheduleRequest } from '../../../schemas/campaigns/generated/requests.js';
import type { Findings } from './findings.ts';
import { type Cycle, WEEKDAYS, type Weekday } from './schedule.ts';

/** Every so many days, weeks or months at most. */
export const MOST_EVERY = 1000;

const UNITS = ['day', 'week', 'month'] as const;
type Unit = Cycle['unit'];

/** The one unit that a field goes with. */
const UNIT_OF = { weekdays: 'week', day: 'month' } as const satisfies Record<string, Unit>;

/** The cycle a request means; undefined, and everything that is wrong with it in `found`, when it means none. */
export function cycleOf(request: ScheduleRequest, found: Findings): Cycle | undefined {
  const unit = unitOf(request.unit, found);
  const every = everyOf(request.every, found);
  const weekdays = unit === 'week' || request.weekdays ? weekdaysOf(request.weekdays, found) : undefined;
  const day = unit === 'month' || request.day !== undefined ? dayOfMonth(request.day, found) : undefined;
  if (unit) checkUnit(request, unit, found);
  if (every === undefined) return undefined;
  switch (unit) {
    case 'day':
      return { unit, every };
    case 'week':
      return weekdays && { unit, every, weekdays };
    case 'month':
      return day === undefined ? undefined : { unit, every, day };
    case undefined:
      return undefined;
  }
}

function unitOf(text: string | undefined, found: Findings): Unit | undefined {
  const unit = UNITS.find((known) => known === text);
  if (!unit) found.wrong('unit', text, `${UNITS.join(', ')}; or ${found.path('at')} for one send`);
  return unit;
}

function everyOf(every: number | undefined, found: Findings): number | undefined {
  if (every === undefined) return 1;
  if (Number.isInteger(every) && every >= 1 && every <= MOST_EVERY) return every;
  found.wrong('every', every, `a whole number from 1 to ${MOST_EVERY}`);
  return undefined;
}

/** In the week's order, each once. */
function weekdaysOf(names: readonly string[] | undefined, found: Findings): readonly Weekday[] | undefined {
  const allowed = `one or more of ${WEEKDAYS.join(', ')}`;
  if (names === undefined || names.length === 0) {
    found.say('weekdays', `is ${names ? 'empty' : 'missing'}; allowed: ${allowed}`);
    return undefined;
  }
  const unknown = [...names.entries()].filter(([, name]) => !WEEKDAYS.some((known) => known === name));
  for (const [index, name] of unknown) found.wrong(`weekdays.${index}`, name, WEEKDAYS.join(', '));
  return unknown.length > 0 ? undefined : WEEKDAYS.filter((known) => names.includes(known));
}

function dayOfMonth(day: number | string | undefined, found: Findings): number | 'last' | undefined {
  if (day === 'last') return day;
  if (typeof day === 'number' && Number.isInteger(day) && day >= 1 && day <= 31) return day;
  found.wrong('day', day, 'a whole number from 1 to 31, or "last"');
  return undefined;
}

function checkUnit(request: ScheduleRequest, unit: Unit, found: Findings): void {
  for (const [field, goesWith] of Object.entries(UNIT_OF) as [keyof typeof UNIT_OF, Unit][])
    if (request[field] !== undefined && goesWith !== unit)
      found.say(field, `goes with ${found.path('unit')} "${goesWith}", not with "${unit}"`);
}
