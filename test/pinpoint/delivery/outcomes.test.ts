import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decided,
  IN_FLIGHT,
  type Legend,
  Letters,
  leftBehind,
  letterOf,
  letterOfOutcome,
  meaningOf,
  NO_LEGEND,
  nextTry,
  PENDING,
  sum,
  tally,
  timeOf,
} from '../../../lambdas/pinpoint/delivery/outcomes.ts';
import { Progress } from '../../../lambdas/pinpoint/delivery/progress.ts';
import { executionMetrics } from '../../../lambdas/pinpoint/runs/totals.ts';

const NOW = Date.UTC(2026, 10, 1, 9);

const OWN = [
  ...['SUCCESS', 'UNKNOWN', 'FAILURE', 'FAILURE_PERMANENT', 'THROTTLED', 'TRANSIENT_FAILURE', 'HOOK_FAILURE'],
  ...[
    'CUSTOM_DELIVERY_FAILURE',
    'ENDPOINT_OPT_OUT',
    'DUPLICATE_ADDRESS',
    'CANCELLED',
    'EXPIRED',
    'QUIET_TIME',
  ],
  ...['DAILY_CAP', 'CAMPAIGN_CAP', 'RECIPIENT_NOT_ALLOWED', 'FILTERED_BY_HOOK'],
];
/** Names that mean something else already: what a hook calls so is told apart. */
const TAKEN = ['SUCCESS', 'UNKNOWN', 'FAILURE', 'FAILURE_PERMANENT', 'THROTTLED', 'TRANSIENT_FAILURE'].concat(
  ['HOOK_FAILURE', 'CUSTOM_DELIVERY_FAILURE', 'RENDERING_FAILURE', 'HOLDOUT', 'TREATMENT_HOLDOUT'],
  ['AUDIENCE', 'SENT', 'FAILED', 'SKIPPED', 'UNCERTAIN', 'OPEN', 'PAUSED', 'ENDPOINT_PRODUCED'],
  ['ENDPOINTS_FROM_USER', 'USER_WITHOUT_ENDPOINT', 'ENDPOINT_CHANNEL_MISMATCH', 'OUTSIDE_SPLIT'],
  ['ENDPOINT_MISSING_CHANNEL', 'DUPLICATE_USER', 'DUPLICATE_ENDPOINT'],
);
const told = (reason: string): string => (TAKEN.includes(reason) ? `HOOK_${reason}` : reason);
const hookReason = fc.stringMatching(/^[A-Z0-9_]{1,64}$/);
const skipReason = fc.oneof(hookReason, fc.constantFrom(...OWN, ...TAKEN));
const time = fc.integer({ min: NOW - 1000, max: NOW + 1000 });

/** What becomes of a position. */
const fate = fc.oneof(
  fc.constantFrom(PENDING, IN_FLIGHT, '1', '4').map((letter) => ({ kind: 'open', letter }) as const),
  fc.constantFrom(...OWN).map((reason) => ({ kind: 'final', reason }) as const),
  skipReason.map((reason) => ({ kind: 'skip', reason }) as const),
  time.map((at) => ({ kind: 'wait', at }) as const),
);
type Fate = typeof fate extends fc.Arbitrary<infer Value> ? Value : never;

function letterFor(letters: Letters, each: Fate): string {
  switch (each.kind) {
    case 'open':
      return each.letter;
    case 'final':
      return letterOf(each.reason);
    case 'skip':
      return letters.skip(each.reason);
    case 'wait':
      return letters.wait(each.at);
  }
}

/** As a row gives it back. */
const stored = (legend: Legend): Legend => JSON.parse(JSON.stringify(legend)) as Legend;

describe('the letters of a slice', () => {
  it('say what was said, after they were stored, whoever goes on giving letters', () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 90 }), fc.array(fate, { maxLength: 9 }), (fates, more) => {
        const first = new Letters(NO_LEGEND);
        const letters = fates.map((each) => letterFor(first, each));
        const next = new Letters(stored(first.legend));
        for (const each of more) letterFor(next, each);
        const legend = stored(next.legend);
        fates.forEach((each, index) => {
          const letter = letters[index] ?? '';
          expect(letter).toHaveLength(1);
          const skipped = each.kind === 'skip' ? { status: 'skipped', reason: told(each.reason) } : undefined;
          if (each.kind === 'final') expect(meaningOf(letter, legend)?.reason).toBe(each.reason);
          else expect(meaningOf(letter, legend)).toEqual(skipped);
          expect(timeOf(letter, legend)).toBe(each.kind === 'wait' ? each.at : undefined);
        });
      }),
    );
  });

  it('tell a decision that is still to be written from one that was', () => {
    fc.assert(
      fc.property(fate, (each) => {
        const letters = new Letters(NO_LEGEND);
        const letter = letterFor(letters, each);
        expect(leftBehind(letter)).toBe(letter === IN_FLIGHT ? letterOf('UNKNOWN') : undefined);
        if (!meaningOf(letter, letters.legend)) return;
        const claimed = decided(letter);
        expect(leftBehind(claimed)).toBe(letter);
        expect(meaningOf(claimed, letters.legend)).toBeUndefined();
        expect(timeOf(claimed, letters.legend)).toBeUndefined();
        expect(Buffer.byteLength(claimed)).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('keep their legend small: who waits for one time too many waits for a later one', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1e6), { minLength: 101, maxLength: 300 }), (times) => {
        const letters = new Letters(NO_LEGEND);
        const given = times.map((at) => [at, letters.wait(at)] as const);
        expect(letters.legend.times.length).toBeLessThanOrEqual(100);
        for (const [at, letter] of given) expect(timeOf(letter, letters.legend)).toBeGreaterThanOrEqual(at);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a message that is tried again', () => {
  it('fails after the fifth transient failure, however often it was throttled in between', () => {
    const outcomes = fc.array(fc.constantFrom('transient' as const, 'throttled' as const), { maxLength: 30 });
    fc.assert(
      fc.property(outcomes, (kinds) => {
        let letter: string | undefined = PENDING;
        let transient = 0;
        for (const kind of kinds) {
          if (kind === 'transient') transient += 1;
          const after = letterOfOutcome({ kind, text: '' }, letter);
          if (transient > 4) {
            expect(meaningOf(after)).toEqual({ status: 'failed', reason: 'TRANSIENT_FAILURE' });
            return;
          }
          expect(meaningOf(after)).toBeUndefined();
          letter = nextTry(after) ?? '';
          expect(new Progress(letter, NO_LEGEND, NOW).toTry(NOW)).toEqual([0]);
        }
      }),
    );
  });
});

describe('a tally', () => {
  it('counts every position once, by status and by reason', () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 90 }), (fates) => {
        const letters = new Letters(NO_LEGEND);
        const states = fates.map((each) => letterFor(letters, each)).join('');
        const { reasons, ...counts } = tally(states, stored(letters.legend));
        const { sent, failed, skipped, uncertain, open } = counts;
        expect(sent + failed + skipped + uncertain + open).toBe(fates.length);
        const named = Object.values(reasons).reduce((total, count) => total + count, 0);
        expect(named).toBe(fates.length - open);
        expect(open).toBe(fates.filter(({ kind }) => kind === 'open' || kind === 'wait').length);
        const skips = fates.filter(({ kind }) => kind === 'skip').length;
        expect(skipped).toBeGreaterThanOrEqual(skips);
        for (const each of fates)
          if (each.kind === 'skip') expect(reasons[told(each.reason)]).toBeGreaterThan(0);
      }),
    );
  });

  it('adds up beside every metric of the engine, whatever a hook calls its skips', () => {
    const letters = new Letters(NO_LEGEND);
    const states = [...TAKEN, 'NIGHT'].map((reason) => letters.skip(reason)).join('');
    const totals = { ...tally(`${states}ssf`, letters.legend), audience: states.length + 3 };
    const counted = { ENDPOINT_PRODUCED: 50, OUTSIDE_SPLIT: 7, TREATMENT_HOLDOUT: 3, DUPLICATE_USER: 2 };
    const { AUDIENCE, SENT, FAILED, SKIPPED, UNCERTAIN, ...others } = executionMetrics(
      { metrics: counted },
      totals,
    );
    expect([SENT, FAILED, SKIPPED, UNCERTAIN]).toEqual(['2', '1', String(states.length), '0']);
    expect(others).toMatchObject({
      ENDPOINT_PRODUCED: '50',
      OUTSIDE_SPLIT: '7',
      HOOK_SENT: '1',
      HOOK_SUCCESS: '1',
    });
    const named = Object.entries(others).filter(([name]) => !(name in counted));
    expect(named.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(Number(AUDIENCE));
  });

  it('of parts adds up to that of the whole', () => {
    const parts = fc.array(fc.array(fc.constantFrom('.', 's', 'u', 'f', 'o', 'q'), { maxLength: 20 }));
    fc.assert(
      fc.property(parts, (texts) => {
        const whole = tally(texts.flat().join(''));
        expect(sum(texts.map((letters) => tally(letters.join(''))))).toEqual(whole);
      }),
    );
  });
});

describe('the progress of a slice', () => {
  it('is written as it was read, but for times that have come', () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 90 }), (fates) => {
        const letters = new Letters(NO_LEGEND);
        const states = fates.map((each) => letterFor(letters, each)).join('');
        const progress = new Progress(states, stored(letters.legend), NOW);
        const { states: written, legend } = progress.written;
        expect(written).toHaveLength(fates.length);
        [...states].forEach((before, index) => {
          const after = written[index] ?? '';
          expect(meaningOf(after, legend)).toEqual(meaningOf(before, letters.legend));
          const at = timeOf(before, letters.legend);
          expect(timeOf(after, legend)).toBe(at === undefined || at <= NOW ? undefined : at);
        });
        const due = fates.flatMap((each, index) =>
          (each.kind === 'wait' && each.at <= NOW) || (each.kind === 'open' && each.letter !== IN_FLIGHT)
            ? [index]
            : [],
        );
        expect(progress.toTry(NOW)).toEqual(due);
        const later = fates.flatMap((each) => (each.kind === 'wait' && each.at > NOW ? [each.at] : []));
        expect(progress.earliest).toBe(later.length > 0 ? Math.min(...later) : undefined);
      }),
    );
  });

  it('forgets times that nobody waits for, however often somebody is made to wait', () => {
    let progress = new Progress('..', NO_LEGEND, NOW);
    for (let turn = 1; turn <= 500; turn++) {
      const at = NOW + turn * 1000;
      progress.set([{ position: 0, letter: progress.letters.wait(at) }]);
      const { states, legend } = progress.written;
      expect(timeOf(states[0] ?? '', legend)).toBe(at);
      progress = new Progress(states, stored(legend), at);
    }
    expect(progress.written).toEqual({ states: '..', legend: NO_LEGEND });
  });

  it('has nothing left once each position has its final letter', () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 50 }), (fates) => {
        const letters = new Letters(NO_LEGEND);
        const states = fates.map((each) => letterFor(letters, each)).join('');
        const progress = new Progress(states, letters.legend, NOW);
        const { open } = progress;
        expect(open).toHaveLength(tally(states, letters.legend).open);
        progress.set(open.map((position) => ({ position, letter: letterOf('CANCELLED') })));
        expect([progress.open, progress.putOff, progress.toTry(NOW), progress.leftBehind]).toEqual([
          [],
          [],
          [],
          [],
        ]);
      }),
    );
  });
});
