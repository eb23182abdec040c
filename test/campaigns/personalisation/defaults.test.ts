import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultsOf, withDefaults } from '../../../lambdas/campaigns/personalisation/defaults.ts';
import { isPresent, missingFor } from '../../../lambdas/campaigns/personalisation/missing.ts';
import { needsOf } from '../../../lambdas/campaigns/personalisation/needs.ts';
import { translated } from '../../../lambdas/campaigns/personalisation/short-forms.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import type { DottedValues } from '../../../lambdas/shared/rendering/part.ts';
import { rendered } from './support/rendered.ts';

const VARIABLES = variables({ 등급: 'grade' });
const NAME = 'User.UserAttributes.name';
const GRADE = 'User.UserAttributes.grade';
const CITY = 'Location.City';

describe('what texts need', () => {
  it('is every value they show, in whichever notation, once', () => {
    const { text } = translated('#{회원 이름} {{Location.City}} #{등급}', VARIABLES);
    const needs = needsOf([text, '{{User.UserAttributes.name.[0]}}', '{{join Attributes.x ", "}}']);
    expect(needs.names).toEqual([NAME, CITY, GRADE, 'Attributes.x']);
    expect(needs.required).toEqual(needs.names);
  });

  it('is not required where the text asks about it first', () => {
    const { names, required } = needsOf([
      `{{#if ${NAME}}}{{${NAME}}} of {{${CITY}}}{{else}}you{{/if}}`,
      `{{#each Attributes.list}}{{this}}{{/each}}`,
      `{{yesno ${GRADE} yes="VIP"}}{{#eq ${GRADE} "GOLD"}}gold{{/eq}}`,
    ]);
    expect(names).toEqual([NAME, CITY, 'Attributes.list', GRADE]);
    expect(required).toEqual([CITY]);
  });

  it('is required again after the block that asked', () => {
    expect(needsOf([`{{#if ${NAME}}}x{{/if}}{{${NAME}}}`]).required).toEqual([NAME]);
  });
});

describe('defaults', () => {
  it('are found by the variable as texts write it, in either notation or bare', () => {
    for (const variable of ['#{회원 이름}', '회원 이름', `{{${NAME}}}`, NAME, `{{${NAME}.[0]}}`]) {
      const { defaults, problems } = defaultsOf({ [variable]: '고객' }, VARIABLES);
      expect(problems).toEqual([]);
      expect([...defaults]).toEqual([[NAME, '고객']]);
    }
  });

  it('tell every mistake: no variable, a number, signs of templates, several lines', () => {
    const { problems } = defaultsOf(
      { '#{이럼}': 'x', nothing: 'x', 'Metrics.points': '0', '#{등급}': '{{x}}', '#{회원 이름}': 'a\nb' },
      VARIABLES,
    );
    expect(problems.map(({ field }) => field)).toEqual([
      'defaults.#{이럼}',
      'defaults.nothing',
      'defaults.Metrics.points',
      'defaults.#{등급}',
      'defaults.#{회원 이름}',
    ]);
  });

  const values = fc.record(
    {
      [NAME]: fc.array(fc.constantFrom('', '홍길동', '<b>', '0'), { maxLength: 2 }),
      [GRADE]: fc.array(fc.constantFrom('', 'VIP'), { maxLength: 1 }),
      [CITY]: fc.constantFrom('', 'Seoul'),
    },
    { requiredKeys: [] },
  );
  const fallback = fc.string({
    unit: fc.constantFrom('고', '객', ' ', '<', '&', '"', '~', '#'),
    maxLength: 4,
  });

  it('stand where a value is missing and nowhere else', () => {
    const valueOr = (known: DottedValues, name: string, fallback: string) =>
      isPresent(known[name]) ? known[name] : [fallback];
    const written = fc.constantFrom(
      '안녕 #{회원 이름}님, {{Location.City}}의 #{등급}!',
      '{#{회원 이름}} [{#{등급}} ]\n#{회원 이름}\n',
      '  {{~User.UserAttributes.name~}}  {{Location.City}}',
    );
    fc.assert(
      fc.property(written, values, fallback, fallback, fc.boolean(), (source, known, name, grade, html) => {
        const template = translated(source, VARIABLES).text;
        const defaults = new Map([
          [NAME, name],
          [GRADE, grade],
          [CITY, '서울'],
        ]);
        const filled = [...defaults].map(([key, value]) => [key, valueOr(known, key, value)]);
        const expected = rendered(template, Object.fromEntries(filled) as DottedValues, html);
        expect(rendered(withDefaults(template, defaults, { html }), known, html)).toBe(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('stand nowhere that the text has a word of its own for', () => {
    const template = `{{#if ${CITY}}}in {{${CITY}}}{{else}}somewhere{{/if}}`;
    expect(rendered(withDefaults(template, new Map([[CITY, '서울']])), {})).toBe('somewhere');
  });

  it('stand for a whole expression, whichever of its values is missing', () => {
    const text = withDefaults(
      `{{join ${NAME} ${GRADE}}}`,
      new Map([
        [NAME, '고객'],
        [GRADE, '일반'],
      ]),
    );
    expect(text).toContain('{{else}}고객{{/if}}');
    expect(text).toContain('{{else}}일반{{/if}}');
  });
});

describe('a member without a value', () => {
  const rule = { missing: 'default', defaults: new Map([[NAME, '고객']]) } as const;

  it('is left out, or gets the default when there is one and the campaign says so', () => {
    expect(missingFor({}, [NAME, GRADE], rule)).toEqual({ skipping: [GRADE], defaulted: [NAME] });
    expect(missingFor({}, [NAME], { ...rule, missing: 'skip' })).toEqual({ skipping: [NAME], defaulted: [] });
    expect(missingFor({ [NAME]: ['홍'], [GRADE]: 0 }, [NAME, GRADE], rule)).toEqual({
      skipping: [],
      defaulted: [],
    });
  });

  it('is one whose message would show nothing there', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constant(undefined),
          fc.string({ maxLength: 2 }),
          fc.array(fc.string({ maxLength: 1 }), { maxLength: 2 }),
        ),
        (value) => {
          const known = value === undefined ? {} : { [NAME]: value };
          const shows = withDefaults(`{{${NAME}}}`, new Map([[NAME, '∅']]));
          const list = typeof value === 'string' ? [value] : value;
          expect(rendered(shows, list === undefined ? {} : { [NAME]: list })).toBe(
            missingFor(known, [NAME], rule).defaulted.length > 0 ? '∅' : (list ?? []).join(', '),
          );
        },
      ),
    );
  });
});
