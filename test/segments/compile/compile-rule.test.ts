import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRule } from '../../../lambdas/segments/compile/compile-rule.ts';
import type { CountTest, PlainRule, Window } from '../../../lambdas/segments/rule/plain.ts';
import { NOW, rule, world } from '../naive/generate.ts';
import { difference } from '../naive/lake-world.ts';
import type { Told, World } from '../naive/world.ts';
import { viewedBy, worldsFixture } from '../naive/worlds-fixture.ts';

const worlds = worldsFixture();

/** A world costs more to write than a rule to ask. */
const RULES = 40;

describe('a compiled rule', () => {
  it('finds exactly the members that the rule read aloud finds, in any world', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.array(rule, { minLength: RULES, maxLength: RULES }), async (of, rules) => {
        await worlds().write(of);
        for (const asked of rules) expect(await difference(worlds(), asked, of)).toBeUndefined();
      }),
      { numRuns: Number(process.env['REPOINT_WORLDS'] ?? 3), endOnFailure: true },
    );
  });

  it('asks the real view as it asks what the view said before', async () => {
    const [of] = fc.sample(world, { numRuns: 1, seed: 7 });
    if (of === undefined) throw new Error('no world');
    await worlds().write(of);
    await worlds().unkept();
    for (const asked of fc.sample(rule, { numRuns: 10, seed: 7 }))
      expect(await difference(worlds(), asked, of)).toBeUndefined();
  });

  it('is the same text whenever it is asked for, and names the view once whatever the rule asks', () => {
    fc.assert(
      fc.property(rule, (asked) => {
        const text = () => compileRule(asked, ASKED, { resolution: 'r-1' }).select;
        expect(text()).toBe(text());
        const own = text().replace(/FROM \(\n[^\n]*\n\) AS asked/g, '');
        for (const view of [/\bFROM events\b/g, /\bFROM namings\b/g])
          expect(own.match(view)?.length ?? 0).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  it('reads the days of its windows, and on to today who was named where browsers tell whose an event was', () => {
    const days = (name: string, window: Window) => compileRule(did(name, window), ASKED).days;
    const namedFrom = (name: string, window: Window) => compileRule(did(name, window), ASKED).namedFrom;
    expect(days('purchase', { kind: 'last', ms: 2 * DAY_MS })).toEqual({ from: '2026-03-09' });
    // Midnight in Seoul is 15:00 UTC of the day before.
    const between = { kind: 'between', from: '2026-03-02', to: '2026-03-03' } as const;
    expect(days('purchase', between)).toEqual({ from: '2026-03-01', to: '2026-03-03' });
    expect(namedFrom('purchase', between)).toBe('2026-03-01');
    expect(namedFrom('login', between)).toBeUndefined();
    expect(days('login', between)).toEqual({ from: '2026-03-01', to: '2026-03-03' });
    expect(days('login', { kind: 'kept' })).toEqual({ from: '2026-01-10' });
  });

  it('ends with the last day that a literal may name, wherever that day ends', async () => {
    await worlds().write(NOBODY);
    const between = { kind: 'between', from: '2026-03-02', to: '9999-12-31' } as const;
    for (const timeZone of ['Asia/Seoul', 'UTC', 'America/New_York']) {
      const { days, select } = compileRule(did('purchase', between), { ...ASKED, timeZone });
      expect(days?.to).toBe('9999-12-31');
      expect(select).not.toContain('+');
      expect(await worlds().ask(select)).toEqual([]);
    }
  });

  it('leaves out what came after one window while another has no end', async () => {
    const between: Window = { kind: 'between', from: '2026-03-02', to: '2026-03-03' };
    const of = (index: number, name: string, at: string): Told => ({
      ...viewedBy(index, {}),
      ...{ eventId: `${name} ${index} ${at}`, name, occurredAt: Date.parse(at), receivedAt: Date.parse(at) },
    });
    await worlds().write({
      ...NOBODY,
      told: [
        ...[of(1, 'login', '2026-03-02T03:00:00Z'), of(1, 'search', '2026-03-09T03:00:00Z')],
        ...[of(2, 'login', '2026-03-05T03:00:00Z'), of(2, 'search', '2026-03-09T03:00:00Z')],
      ],
    });
    const asked: PlainRule = {
      kind: 'all',
      of: [did('login', between), did('search', { kind: 'last', ms: 5 * DAY_MS })],
    };
    expect(await worlds().ask(compileRule(asked, ASKED).select)).toEqual(['u1']);
  });

  it('reads only the columns it needs', () => {
    const columns = (asked: PlainRule) => compileRule(asked, ASKED).columns;
    expect(columns(did('login', KEPT))).toEqual(['bot', 'day', 'name', 'occurred_at', 'user_id']);
    expect(columns(did('view_item', KEPT))).not.toContain('properties');
    expect(columns(did('view_item', KEPT, 'category', 'shoes'))).toContain('category');
    expect(columns(did('view_item', KEPT, 'category', 'shoes'))).not.toContain('properties');
    expect(columns(did('view_item', KEPT, 'colour', 'red'))).toContain('properties');
  });

  it('refuses a rule of members without the rows of members', () => {
    expect(() => compileRule({ kind: 'list', list: 'l1' }, ASKED)).toThrow(/rows/);
  });
});

const DAY_MS = 24 * 60 * 60 * 1000;
const ASKED = { now: NOW, timeZone: 'Asia/Seoul', retentionDays: 60 };
const KEPT = { kind: 'kept' } as const;

const did = (name: string, window: Window, property?: string, bound?: string): CountTest => ({
  kind: 'count',
  event: {
    name,
    where: property === undefined ? [] : [{ property, test: { operator: 'is', bound: bound ?? '' } }],
  },
  window,
  atLeast: 1,
});

/** Whatever would end a literal or a statement in some dialect, and any other text. */
const hostile = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      "'",
      "''",
      "\\'",
      "'; DROP TABLE events; --",
      '--',
      '/*',
      '*/',
      '\\',
      '\n',
      '$$',
      '?',
      '한글😀',
      "' OR '1'='1",
    ),
  )
  .map((text) => text.replaceAll('\0', ''));

describe('a text in a rule', () => {
  it('is found as it is and does nothing else, whatever it is', async () => {
    const texts = fc.sample(hostile, { numRuns: 60, seed: 3 });
    const told = texts.map((text, index) => viewedBy(index, { category: text }, { 'page.title': text }));
    await worlds().write({ ...NOBODY, told });
    for (const [index, text] of texts.entries()) {
      const same = texts.flatMap((other, at) => (other === text ? [`u${at}`] : [])).sort();
      const ask = (asked: PlainRule) => worlds().ask(compileRule(asked, ASKED).select);
      if (index < 30) expect(await ask(did('view_item', KEPT, 'category', text))).toEqual(same);
      expect(await ask(did('view_item', KEPT, 'page.title', text))).toEqual(same);
      if (index < 15) expect(await ask(did(text, KEPT, text, text))).toEqual([]);
    }
  });
});

const NOBODY: World = {
  ...ASKED,
  members: new Map(),
  lists: new Map(),
  queries: new Map(),
  told: [],
};
