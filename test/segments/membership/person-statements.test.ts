import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../../lambdas/segments/membership/person-statements.ts';
import { NOW, world } from '../naive/generate.ts';
import { histories } from '../naive/history.ts';
import { worldsFixture } from '../naive/worlds-fixture.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const worlds = worldsFixture();

describe('what is asked of one person', () => {
  it('is found whole in the days that are read: what was done before signing in, too, and nobody else’s', async () => {
    const days = fc.record({
      from: fc.integer({ min: 0, max: 120 }),
      length: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(world, fc.array(days, { minLength: 4, maxLength: 4 }), async (of, spans) => {
        await worlds().write(of);
        const people = [...histories(of)].slice(0, 4);
        for (const [index, { from: ago, length }] of spans.entries()) {
          const [userId, did] = people[index % Math.max(1, people.length)] ?? ['nobody', []];
          const from = dayOf(NOW - ago * DAY_MS);
          const to = length === undefined ? undefined : dayOf(NOW - (ago - length) * DAY_MS);
          const read = { from, ...(to === undefined ? {} : { to }) };
          const expected = did
            .filter(({ occurredAt }) => {
              const day = dayOf(occurredAt);
              return day >= from && (to === undefined || day <= to);
            })
            .map(({ eventId }) => eventId);
          expect(await worlds().ask(eventsOf(userId, read, []))).toEqual(expected.sort());
        }
      }),
      { numRuns: 20 },
    );
  });

  it('reads no day before the first one that is asked for', () => {
    const sql = eventsOf('u1', { from: '2026-03-01' }, ['properties']);
    const tables = [...sql.matchAll(/\b(?:FROM|JOIN) (\w+)/g)].map(([, name]) => name);
    expect(tables).toEqual(['events', 'events', 'namings']);
    expect(sql.match(/\bday >= DATE '2026-03-01'/g)).toHaveLength(tables.length);
  });
});
