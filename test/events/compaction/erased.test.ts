import { describe, expect, it } from 'vitest';
import {
  type ErasedPerson,
  inStatements,
  isMaskable,
  isTheirs,
  theirs,
} from '../../../lambdas/events/compaction/erased.ts';
import { TABLES } from '../../../lambdas/events/compaction/tables.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const ASKED = Date.parse('2026-03-20T10:00:00Z');
const person = (more: Partial<ErasedPerson> = {}): ErasedPerson => ({
  ...{ id: 'e1', userId: 'hana', turns: [], untilMs: ASKED },
  ...more,
});
const on = (day: string) => ({ filed: 'occurred', day }) as const;

describe('masking', () => {
  it('waits until no open day can hold another report of an order: twenty days, or eleven after the request', () => {
    const masks = (day: string, now: number) => isMaskable(TABLES.events, on(day), person(), now);
    expect(masks('2026-02-28', ASKED)).toBe(true);
    expect(masks('2026-03-01', ASKED)).toBe(false);
    expect(masks('2026-03-19', ASKED + 10 * DAY_MS)).toBe(false);
    expect(masks('2026-03-19', ASKED + 11 * DAY_MS)).toBe(true);
  });

  it('waits in the ledger until no open day can hold another record of a recipient, too', () => {
    const masks = (day: string, now: number) => isMaskable(TABLES.ledger, { day }, person(), now);
    expect(masks('2026-03-19', ASKED + 10 * DAY_MS)).toBe(false);
    expect(masks('2026-03-19', ASKED + 11 * DAY_MS)).toBe(true);
    expect(masks('2026-03-30', ASKED + 16 * DAY_MS)).toBe(false);
    expect(masks('2026-03-30', ASKED + 17 * DAY_MS)).toBe(true);
  });
});

describe('an event', () => {
  const turns = [{ anonymousId: 'pc', afterMs: ASKED - 5000, toMs: ASKED - 3000 }];
  const belongs = (
    userId: unknown,
    anonymousId: unknown,
    occurredMs: number | undefined,
    receivedMs = ASKED,
  ) => isTheirs([person({ turns })], { userId, anonymousId, occurredMs, receivedMs });

  it("is an erased person's by their name, whatever the browser", () => {
    expect(belongs('hana', 'other-pc', ASKED - 9000)).toBe(true);
    expect(belongs('jun', 'pc', ASKED - 4000)).toBe(false);
  });

  it('is theirs without a name in their browser, in their turn', () => {
    expect(belongs(undefined, 'pc', ASKED - 5000)).toBe(false);
    expect(belongs(undefined, 'pc', ASKED - 3000)).toBe(true);
    expect(belongs(null, 'pc', ASKED - 2999)).toBe(false);
    expect(belongs(undefined, undefined, ASKED - 4000)).toBe(false);
  });

  it('is theirs from the first moment on that an event can have', () => {
    const all = [person({ turns: [{ anonymousId: 'pc' }] })];
    const event = { userId: undefined, anonymousId: 'pc', receivedMs: ASKED };
    expect([0, ASKED].map((occurredMs) => isTheirs(all, { ...event, occurredMs }))).toEqual([true, true]);
  });

  it('is not theirs any more when it came after they asked', () => {
    expect(belongs('hana', undefined, ASKED - 4000, ASKED + 1)).toBe(false);
    expect(belongs(undefined, 'pc', ASKED - 4000, ASKED + 1)).toBe(false);
  });
});

describe('people', () => {
  it('are asked for in statements that Athena takes, each once, those first of whom something is left', () => {
    const people = Array.from({ length: 3000 }, (_, index) =>
      person({
        id: `e${index}`,
        userId: "'홍".repeat(20) + index,
        turns: [{ anonymousId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}` }],
        endpoints: [`email:${"'홍".repeat(20)}${index}`, `push:${index}:01234567`],
        key: String(index).padStart(48, '0'),
        left: index % 2,
      }),
    );
    const statements = inStatements(people);
    expect(
      statements
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(people.map(({ id }) => id).sort());
    const partition = { filed: 'occurred', day: '2026-03-02' } as const;
    const rewriting = { previous: '1-a', version: '2-b', target: 's3://lake/' };
    for (const erased of statements) {
      expect(Buffer.byteLength(theirs('events_raw', 'told.event_id', erased))).toBeLessThan(250_000);
      for (const { statement } of Object.values(TABLES))
        expect(Buffer.byteLength(statement({ partition, ...rewriting, erased }))).toBeLessThan(262_144);
    }
    const order = statements.flat().map(({ left }) => left);
    expect(order.indexOf(0)).toBe(order.lastIndexOf(1) + 1);
  });
});
