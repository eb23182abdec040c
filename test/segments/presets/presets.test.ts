import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../../lambdas/segments/presets/all.ts';
import { expandPreset } from '../../../lambdas/segments/presets/expand-preset.ts';
import { listPresets } from '../../../lambdas/segments/presets/list-presets.ts';
import type { Parameter, Preset } from '../../../lambdas/segments/presets/preset.ts';
import { parseRule } from '../../../lambdas/segments/rule/parse-rule.ts';
import { plainOf } from '../../../lambdas/segments/rule/plain-of.ts';
import { numberText, percentText } from '../../../lambdas/segments/rule/sentences/amounts.ts';
import { sentencesOf as sentences } from '../../../lambdas/segments/rule/sentences/sentences.ts';
import type { Scalar } from '../../../lambdas/segments/rule/test.ts';
import { openApi } from '../../../schemas/shared/generated/openapi.js';
import { KNOWN } from '../rule/support.ts';

const FOLDER = join(import.meta.dirname, '../../../lambdas/segments/presets');
const DAY_MS = 24 * 60 * 60 * 1000;

const someValue = ({ type, min = 1, max = 700 }: Parameter): fc.Arbitrary<Scalar> => {
  if (type === 'integer') return fc.integer({ min, max: Math.min(max, 700) });
  if (type === 'number')
    return fc.integer({ min: Math.ceil(min * 100), max: max * 100 }).map((cents) => cents / 100);
  if (type === 'month') return fc.oneof(fc.constantFrom('this', 'next'), fc.integer({ min: 1, max: 12 }));
  return fc.constantFrom('grade', '등급');
};
const withValues = ({ name, parameters }: Preset) =>
  fc
    .record(Object.fromEntries(parameters.map((one) => [one.name, someValue(one)])))
    .map((values) => ({ preset: name, with: values }));
/** How a number is said: whether in a word for once, and in digits. */
function saidAs({ unit }: Parameter, value: Scalar | undefined): (readonly [boolean, string])[] {
  if (typeof value !== 'number' || unit === undefined) return [];
  return [[unit === 'times' && value === 1, unit === 'share' ? percentText(value) : numberText(value)]];
}

const plain = (preset: string, values: Record<string, Scalar> = {}) =>
  plainOf(parseRule({ preset, with: values }, KNOWN), { segment: () => undefined });

describe('presets', () => {
  it('are all the files of the folder, named as they are', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
    expect(PRESETS.map(({ name }) => `${name}.json`).sort()).toEqual(files.sort());
  });

  it.each(PRESETS.map((preset) => [preset.name, preset] as const))(
    '%s is a rule whatever its parameters',
    (_name, preset) => {
      fc.assert(
        fc.property(withValues(preset), (condition) => void parseRule(condition, KNOWN)),
        { numRuns: 30 },
      );
    },
  );

  it.each(PRESETS.map((preset) => [preset.name, preset] as const))(
    '%s says the thresholds it was given',
    (_name, preset) => {
      fc.assert(
        fc.property(withValues(preset), (condition) => {
          const { ko, en } = sentences(condition);
          for (const [once, words] of preset.parameters.flatMap((one) =>
            saidAs(one, condition.with[one.name]),
          )) {
            expect(ko).toMatch(once ? /한 번|1/ : words);
            expect(en).toMatch(once ? /once|1/ : words);
          }
        }),
        { numRuns: 30 },
      );
    },
  );

  it.each(PRESETS.map((preset) => [preset.name, preset] as const))(
    '%s uses every parameter it has, within its bounds',
    (_name, preset) => {
      const text = JSON.stringify(preset.rule);
      for (const { name, default: usual, min, max, type, description } of preset.parameters) {
        expect(text).toContain(JSON.stringify({ parameter: name }));
        expect(Boolean(description.ko && description.en)).toBe(true);
        if (typeof usual === 'number') expect(usual >= (min ?? usual) && usual <= (max ?? usual)).toBe(true);
        if (type === 'integer' || type === 'number') expect(min).toBeDefined();
      }
    },
  );

  it('are shown as the API describes them', () => {
    const ajv = new Ajv2020({ allErrors: true, strict: false });
    addFormats.default(ajv);
    ajv.addSchema({ ...openApi, $id: 'api' });
    const validate = ajv.compile({ type: 'array', items: { $ref: 'api#/components/schemas/Preset' } });
    const shown = listPresets();
    expect(validate(shown) ? undefined : ajv.errorsText(validate.errors)).toBeUndefined();
    expect(new Set(shown.flatMap(({ title }) => [title.ko, title.en])).size).toBeGreaterThanOrEqual(
      PRESETS.length,
    );
  });

  it('have names and titles of their own', () => {
    for (const of of [
      (one: Preset) => one.name,
      (one: Preset) => one.title.ko,
      (one: Preset) => one.title.en,
    ])
      expect(new Set(PRESETS.map(of)).size).toBe(PRESETS.length);
  });
});

describe('the thresholds of the spec', () => {
  const days = (count: number) => ({ kind: 'last', ms: count * DAY_MS });
  const kept = { kind: 'kept' };
  const any = { name: '*', where: [] };
  const computed = (value: string, window: object, test: object) => ({
    kind: 'computed',
    value,
    window,
    test,
  });

  it.each<[string, object]>([
    ['vip', computed('revenue', days(365), { operator: 'topPercent', bound: 10 })],
    ['vvip', computed('revenue', days(365), { operator: 'topPercent', bound: 1 })],
    ['new', { kind: 'first', event: any, window: days(30) }],
    ['one-time-buyers', computed('orders', kept, { operator: 'is', bound: 1 })],
    ['repeat-buyers', computed('orders', kept, { operator: 'atLeast', bound: 2 })],
    ['discount-sensitive', computed('couponShare', kept, { operator: 'atLeast', bound: 0.5 })],
    [
      'at-risk',
      {
        kind: 'all',
        of: [
          computed('orders', kept, { operator: 'atLeast', bound: 2 }),
          computed('orderGapRatio', kept, { operator: 'atLeast', bound: 2 }),
        ],
      },
    ],
    [
      'dormant',
      {
        kind: 'all',
        of: [
          { kind: 'count', event: any, window: kept, atLeast: 1 },
          { kind: 'count', event: any, window: days(90), atLeast: 0, atMost: 0 },
        ],
      },
    ],
    ['birthday', { kind: 'attribute', attribute: 'birthday', test: { operator: 'inMonth', bound: 'this' } }],
  ])('are the defaults of %s', (name, expected) => {
    expect(plain(name)).toEqual(expected);
  });

  it('may be left to the whole of what is kept', () => {
    expect(plain('repeat-buyers', { days: 90 })).toMatchObject({ window: days(90) });
    expect(expandPreset({ preset: 'repeat-buyers' })).toEqual({ computed: 'orders', atLeast: 2 });
  });
});
