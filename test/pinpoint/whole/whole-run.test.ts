import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../lambdas/pinpoint/channels/ports.ts';
import { WHOLE } from '../../support/matrix.ts';
import { finalStates } from '../delivery/support/world.ts';
import { START, type Trouble, WholeWorld, type WorldOptions } from './support/world.ts';

const MESSAGE = { MessageConfiguration: { DefaultMessage: { Body: 'b' } } };

/** What becomes of each endpoint follows from its id. */
const numberOf = (id: string): number =>
  [...id].reduce((sum, each) => sum * 31 + each.charCodeAt(0), 7) >>> 0;
const answer = (id: string, attempt: number): Outcome => {
  const number = numberOf(id) % 23;
  if (number === 1 && attempt === 1) return { kind: 'transient', text: 'oops' };
  if (number === 2 && attempt < 3) return { kind: 'throttled', text: 'slow down' };
  if (number === 3) return { kind: 'permanent', text: 'bad', gone: true, reason: 'FAILURE_PERMANENT' };
  if (number === 4) return { kind: 'uncertain', text: '?' };
  return { kind: 'sent' };
};

const rate = fc.constantFrom('60', '900', '20000', '');
const ms = fc.constantFrom(-3_000, 500, 5_000, 61_000, 600_000);

/** What may happen to a campaign. */
type Event =
  | { kind: 'work'; choice: number; again: boolean; short: boolean; trouble?: Met | undefined }
  | { kind: 'tick'; trouble?: Met | undefined }
  | { kind: 'later'; ms: number }
  | { kind: 'pause'; on: boolean; trouble?: Met | undefined }
  | { kind: 'rate'; rate: string; trouble?: Met | undefined }
  | { kind: 'switch'; on: boolean }
  | { kind: 'restart' }
  /** A port that does not answer; in between only. */
  | { kind: 'error' }
  | { kind: 'delete'; really: number; trouble?: Met | undefined };

/** A function's trouble: it is killed, or events happen while it waits for an answer. */
interface Met {
  at: number;
  moment: 'before' | 'after';
  meanwhile: Event[];
}

const { event } = fc.letrec<{ event: Event; trouble: Met | undefined }>((tie) => {
  const trouble = tie('trouble');
  return {
    trouble: fc.option(
      fc.record({
        at: fc.integer({ min: 1, max: 40 }),
        moment: fc.constantFrom('before' as const, 'after' as const),
        meanwhile: fc.array(tie('event'), { maxLength: 3, depthIdentifier: 'meanwhile' }),
      }),
      { nil: undefined, freq: 2, depthIdentifier: 'meanwhile', maxDepth: 2 },
    ),
    event: fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('work' as const),
          ...{ choice: fc.nat(50), again: fc.boolean(), short: fc.boolean(), trouble },
        }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('tick' as const), trouble }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('later' as const), ms }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('pause' as const), on: fc.boolean(), trouble }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('rate' as const), rate, trouble }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('switch' as const), on: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'error' as const) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('delete' as const), really: fc.nat(3), trouble }),
      },
    ),
  };
});

class ServiceUnavailableException extends Error {
  override readonly name = 'ServiceUnavailableException';
}

function troubleOf(met: Met | undefined): Trouble | undefined {
  if (!met) return undefined;
  const { at, moment, meanwhile } = met;
  const inBetween = async (world: WholeWorld) => {
    for (const each of meanwhile) await happened(world, each);
    if (meanwhile.some(({ kind }) => kind === 'error')) throw new ServiceUnavailableException();
  };
  return { at, moment, meanwhile: meanwhile.length > 0 ? inBetween : undefined };
}

async function happened(world: WholeWorld, what: Event): Promise<void> {
  switch (what.kind) {
    case 'work':
      return world.worked(what.choice, troubleOf(what.trouble), what.short ? 21_000 : 900_000, what.again);
    case 'tick':
      return world.ticked(troubleOf(what.trouble));
    case 'later':
      world.now += what.ms;
      return;
    case 'pause':
      return world.updated({ IsPaused: what.on }, troubleOf(what.trouble));
    case 'rate':
      return world.updated({ tags: { 'repoint:rate': what.rate } }, troubleOf(what.trouble));
    case 'switch':
      return world.switched(what.on);
    case 'restart':
      return world.restarted();
    case 'error':
      return;
    case 'delete':
      return what.really === 0 ? world.deleted(troubleOf(what.trouble)) : undefined;
  }
}

/** One final state a recipient, nobody twice, and counts that add up to the audience, in ledger and activities alike. */
async function proven(world: WholeWorld): Promise<void> {
  const { status } = await world.campaign();
  const activities = await world.activities();
  expect(new Set(world.accepted).size).toBe(world.accepted.length);
  const told = finalStates(world.ledger);
  const number = (name: string, of = activities) =>
    of.reduce((total, { executionMetrics }) => total + Number(executionMetrics[name] ?? 0), 0);
  expect(number('AUDIENCE')).toBe(told.size);
  for (const one of activities) {
    const own = (name: string) => number(name, [one]);
    expect(own('SENT') + own('FAILED') + own('SKIPPED') + own('UNCERTAIN')).toBe(own('AUDIENCE'));
    expect(own('OPEN')).toBe(0);
  }
  const tally = (state: string) => [...told.values()].filter((each) => each.status === state).length;
  // What a slice calls uncertain the ledger may know better.
  expect(tally('skipped')).toBe(number('SKIPPED'));
  expect(tally('sent')).toBeGreaterThanOrEqual(number('SENT'));
  expect(tally('failed')).toBeGreaterThanOrEqual(number('FAILED'));
  const lost = world.accepted.filter((id) => !['sent', 'uncertain'].includes(told.get(id)?.status ?? ''));
  expect(lost).toEqual([]);
  const got = new Set(world.accepted);
  expect([...told].filter(([id, state]) => state.status === 'sent' && !got.has(id))).toEqual([]);
  if (status === 'COMPLETED') expect(told.size).toBe(world.reachable);
}

const OPTIONS: readonly WorldOptions[] = [
  { users: 0 },
  { users: 1, request: { tags: { 'repoint:rate': '1' } } },
  { users: 20, request: { HoldoutPercent: 100 } },
  { users: 60 },
  { users: 40, request: { Limits: { MessagesPerSecond: 5 } } },
  {
    users: 60,
    request: {
      HoldoutPercent: 10,
      AdditionalTreatments: Array.from({ length: 10 }, () => ({ ...MESSAGE, SizePercent: 8 })),
      Limits: { Daily: 1, Total: 1 },
    },
  },
  {
    users: 40,
    request: { Hook: { LambdaFunctionName: 'hook', Mode: 'FILTER' }, tags: { 'repoint:rate': '1200' } },
    hook: (id, times) => {
      const number = numberOf(id) % 7;
      if (number === 1) return { kind: 'skip', reason: 'SENT' };
      if (number === 2 && times === 0) return { kind: 'wait', notBefore: START + 90_000 };
      if (number === 3 && times === 0) return { kind: 'failed', text: 'late' };
      return { kind: 'keep' };
    },
  },
  {
    users: 60,
    request: {
      Schedule: { StartTime: new Date(START + 600_000).toISOString(), IsLocalTime: true, Timezone: 'UTC' },
      Limits: { MaximumDuration: 90 * 60 },
      AdditionalTreatments: [{ ...MESSAGE, SizePercent: 50 }],
    },
  },
];

describe('a campaign, whatever meets it between CreateCampaign and its last message', () => {
  it.each(OPTIONS.map((options, index) => [index, options] as const))(
    'comes to its end, sends nothing twice, loses nobody, and its counts add up (%i)',
    async (_, options) => {
      await fc.assert(
        fc.asyncProperty(fc.array(event, { maxLength: 25 }), fc.nat(1000), async (events, seed) => {
          const world = await new WholeWorld({ ...options, seed, answer }).created();
          for (const each of events) await happened(world, each);
          await world.ended();
          await proven(world);
        }),
        { numRuns: WHOLE ? 400 : 15 },
      );
    },
    120_000,
  );
});
