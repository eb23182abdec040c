/**
 * npm run bench:recurrence -- [--seconds 2]
 *
 * How many next sends are found in a second: mixed schedules (days, weeks, months; nine zones; anchors of today and of
 * twenty years ago), each asked at instants all over two years. The baseline, in the same run, is the plain way: walk the
 * calendar day by day from the anchor and, from the last days before the instant on, ask Temporal for each day's. Both must
 * find the same.
 */
import { parseArgs } from 'node:util';
import { Temporal } from 'temporal-polyfill';
import { nextOccurrence } from '../lambdas/campaigns/schedule/recurrence.ts';
import type { Cycle, Recurrence } from '../lambdas/campaigns/schedule/schedule.ts';
import { localInstant } from '../lambdas/shared/local-time.ts';
import { walkedDays } from '../test/campaigns/schedule/brute-calendar.ts';
import { figure, machine } from './machine.ts';

const ASKED_PER_SECOND = 15_000;
const DAY_MS = 86_400_000;
const [BEGIN, SPAN_DAYS] = [Date.UTC(2026, 0, 1), 730];

const ZONES = [
  ...['Asia/Seoul', 'UTC', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe'],
  ...['America/Sao_Paulo', 'Asia/Kathmandu', 'Pacific/Apia', 'Africa/Casablanca'],
];
const CYCLES: Readonly<Record<string, readonly Cycle[]>> = {
  daily: [
    { unit: 'day', every: 1 },
    { unit: 'day', every: 3 },
  ],
  weekly: [
    { unit: 'week', every: 1, weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'] },
    { unit: 'week', every: 2, weekdays: ['mon', 'thu'] },
  ],
  monthly: [
    { unit: 'month', every: 1, day: 31 },
    { unit: 'month', every: 3, day: 'last' },
  ],
};
const ANCHORS = { fresh: '2026-01-01', 'twenty years old': '2006-01-01' };
const TIMES = ['00:00', '02:30', '09:00', '23:45'];

interface Question {
  readonly recurrence: Recurrence;
  readonly after: number;
}
type Answer = (question: Question) => number | undefined;

/** Every cycle in every zone at every time of day, each asked at another instant. */
function questionsOf(cycles: readonly Cycle[], froms: readonly string[]): Question[] {
  const recurrences = cycles.flatMap((cycle) =>
    ZONES.flatMap((timeZone) =>
      TIMES.flatMap((time) => froms.map((from): Recurrence => ({ cycle, time, from, timeZone }))),
    ),
  );
  // A stride that shares no factor with the span: the instants spread over it without a pattern.
  const spread = (index: number) => BEGIN + ((index * 317) % SPAN_DAYS) * DAY_MS + ((index * 7919) % DAY_MS);
  return Array.from({ length: 10 }, (_, round) => round).flatMap((round) =>
    recurrences.map((recurrence, index) => ({
      recurrence,
      after: spread(round * recurrences.length + index),
    })),
  );
}

const byArithmetic: Answer = ({ recurrence, after }) => nextOccurrence(recurrence, recurrence.from, after);

const byWalking: Answer = ({ recurrence, after }) => {
  const { from, time, timeZone } = recurrence;
  const near = new Date(after - 2 * DAY_MS).toISOString().slice(0, 10);
  for (const date of walkedDays(recurrence, from, '2030-12-31')) {
    if (date < near) continue;
    const at = localInstant(Temporal.PlainDateTime.from(`${date}T${time}`), timeZone).epochMilliseconds;
    if (at > after) return at;
  }
  return undefined;
};

/** Answers a second, of as many rounds over the questions as fit in the time. */
function rateOf(answer: Answer, questions: readonly Question[], seconds: number): number {
  const begun = performance.now();
  for (let answered = 0; ; answered++) {
    const question = questions[answered % questions.length];
    if (question) answer(question);
    const passed = (performance.now() - begun) / 1000;
    if (passed >= seconds) return (answered + 1) / passed;
  }
}

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' } } });
const seconds = Number(values.seconds);
const all = Object.values(CYCLES).flat();
const mixed = questionsOf(all, Object.values(ANCHORS));

console.log(machine());
const sample = mixed.filter((_, index) => index % 97 === 0);
const unequal = sample.filter((question) => byArithmetic(question) !== byWalking(question));
if (unequal.length > 0) throw new Error(`Both ways differ: ${JSON.stringify(unequal[0])}`);
console.log(`both ways find the same ${sample.length} times`);

const asked = { atLeast: ASKED_PER_SECOND };
const met = [figure('next sends, mixed schedules', rateOf(byArithmetic, mixed, seconds), '/s', asked)];
for (const [name, cycles] of Object.entries(CYCLES))
  for (const [age, from] of Object.entries(ANCHORS))
    met.push(
      figure(
        `  ${name}, anchor ${age}`,
        rateOf(byArithmetic, questionsOf(cycles, [from]), seconds / 4),
        '/s',
        asked,
      ),
    );
for (const [age, from] of Object.entries(ANCHORS))
  figure(
    `baseline: walking the days, anchor ${age}`,
    rateOf(byWalking, questionsOf(all, [from]), seconds),
    '/s',
  );
process.exitCode = met.every(Boolean) ? 0 : 1;
