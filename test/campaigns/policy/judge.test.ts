import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHANNELS } from '../../../lambdas/campaigns/content.ts';
import { type Caps, NO_CONTACTS } from '../../../lambdas/campaigns/policy/caps.ts';
import {
  type Judgement,
  judge,
  LEAVES_WITHIN_MS,
  type MemberFacts,
} from '../../../lambdas/campaigns/policy/judge.ts';
import { nightEnd } from '../../../lambdas/campaigns/policy/night.ts';
import { DAY, instant, rules, seoul, zone } from './support/rules.ts';

const NOON = seoul('2026-11-22T12:00');
const NIGHT = seoul('2026-11-22T22:00');
const AGREED: MemberFacts = { advertising: true, night: false };
const outcome = (judgement: Judgement): string =>
  judgement.kind === 'skip' ? judgement.reason : judgement.kind;
const judged = (member: MemberFacts | undefined, change: Parameters<typeof rules>[0], now: number) =>
  outcome(judge(member, rules(change), NO_CONTACTS, now));

describe('advertising', () => {
  it('goes to members who agreed to it', () => {
    expect(judged(AGREED, {}, NOON)).toBe('send');
    expect(judged({ advertising: false, night: true }, {}, NOON)).toBe('NO_ADVERTISING_CONSENT');
    expect(judged(undefined, {}, NOON)).toBe('MEMBER_GONE');
  });

  it('at night waits for eight o’clock or is dropped, by choice, and goes to those who agreed to that too', () => {
    expect(judge(AGREED, rules({ night: 'hold' }), NO_CONTACTS, NIGHT)).toMatchObject({
      kind: 'hold',
      notBefore: seoul('2026-11-23T08:00'),
    });
    expect(judged(AGREED, { night: 'drop' }, NIGHT)).toBe('NIGHT');
    expect(judged({ advertising: true, night: true }, {}, NIGHT)).toBe('send');
  });

  it('is checked again after the night: consent that was withdrawn meanwhile counts', () => {
    const held = judge(AGREED, rules(), NO_CONTACTS, NIGHT);
    const morning = held.kind === 'hold' ? held.notBefore : Number.NaN;
    expect(judged(AGREED, {}, morning)).toBe('send');
    expect(judged({ ...AGREED, advertising: false }, {}, morning)).toBe('NO_ADVERTISING_CONSENT');
  });

  it('goes by the member’s clock, and by the deployment’s for those whose zone is not known', () => {
    const inNewYork = { ...AGREED, timeZone: 'America/New_York' };
    expect(judged(inNewYork, {}, NIGHT)).toBe('send');
    expect(judged(inNewYork, { night: 'drop' }, NOON)).toBe('NIGHT');
    expect(judged({ ...AGREED, timeZone: 'Mars/Olympus' }, { night: 'drop' }, NIGHT)).toBe('NIGHT');
    expect(judged(AGREED, { night: 'drop', timeZone: 'America/New_York' }, NOON)).toBe('NIGHT');
  });
});

describe('information', () => {
  it('asks for no consent and knows no night', () => {
    expect(judged({ advertising: false, night: false }, { purpose: 'informational' }, NIGHT)).toBe('send');
    expect(judged(undefined, { purpose: 'informational' }, NOON)).toBe('MEMBER_GONE');
  });
});

describe('every judgement', () => {
  const member = fc.option(
    fc.record(
      { advertising: fc.boolean(), night: fc.boolean(), timeZone: fc.oneof(zone, fc.string()) },
      { requiredKeys: ['advertising', 'night'] },
    ),
    { nil: undefined },
  );
  const limit = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });
  const limits = fc.record({ perDay: limit, perWeek: limit }) as fc.Arbitrary<{ perDay?: number }>;
  const channel = fc.constantFrom(...CHANNELS);
  const asked = fc.record({
    channel,
    purpose: fc.constantFrom('advertising' as const, 'informational' as const),
    night: fc.constantFrom('hold' as const, 'drop' as const),
    caps: fc.record({
      perDay: limit,
      perWeek: limit,
      channels: fc.dictionary(channel, limits),
    }) as unknown as fc.Arbitrary<Caps>,
    timeZone: zone,
  });
  const contacts = fc
    .array(fc.tuple(fc.string(), instant, channel))
    .map((all) => new Map(all.map(([id, at, by]) => [id, { at, channel: by }])));

  it('is one of three, says why in a sentence, and holds for less than a day until it is no night', () => {
    fc.assert(
      fc.property(member, asked, contacts, instant, (who, change, had, now) => {
        const judgement = judge(who, rules(change), had, now);
        if (judgement.kind === 'send') return;
        expect(judgement.why.en).toMatch(/^[A-Z].*\.$/);
        expect(judgement.why.ko).toMatch(/[가-힣].*\.$/);
        if (judgement.kind === 'skip') return;
        expect(judgement.notBefore - now).toBeGreaterThan(0);
        expect(judgement.notBefore - now).toBeLessThanOrEqual(DAY);
        const later = judge(who, rules(change), new Map(), judgement.notBefore);
        expect(later.kind).toBe('send');
      }),
      { numRuns: 1_000 },
    );
  });

  it('on advertising by day looks at consent alone when there are no caps', () => {
    fc.assert(
      fc.property(fc.boolean(), zone, instant, (advertising, timeZone, now) => {
        const change = rules({ timeZone });
        const endAt = (at: number) => nightEnd({ from: '21:00', until: '08:00' }, timeZone, at);
        const byDay = endAt(now) ?? endAt(now + LEAVES_WITHIN_MS) ?? now;
        const said = outcome(judge({ advertising, night: false }, change, NO_CONTACTS, byDay));
        expect(said).toBe(advertising ? 'send' : 'NO_ADVERTISING_CONSENT');
      }),
    );
  });
});
