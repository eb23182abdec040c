import fc from 'fast-check';
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { inShortForms, translated } from '../../../lambdas/campaigns/personalisation/short-forms.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import { rendered } from './support/rendered.ts';

const VARIABLES = variables({ 등급: 'grade', '생일 달': 'birth month' });
const NAMES = {
  '회원 이름': 'User.UserAttributes.name',
  '회원 아이디': 'User.UserId',
  등급: 'User.UserAttributes.grade',
  '생일 달': 'User.UserAttributes.birth month',
  '회원 속성_true': 'User.UserAttributes.true',
  '상품명_최근 장바구니 상품': 'Attributes.last_in_cart_name',
  'PC URL_최근 본 상품_3': 'Attributes.last_viewed_pc_url_3',
  쿠폰: 'Attributes.coupon',
} as const;
type Spelling = keyof typeof NAMES;

const text = (source: string): string => translated(source, VARIABLES).text;
const problems = (source: string): readonly string[] => translated(source, VARIABLES).problems;

/** Pieces of a text: what its author means literally, `#{` itself, and variables. */
type Piece = { literal: string } | { escape: true } | { spelling: Spelling };
const literal = fc
  .string({
    unit: fc.constantFrom('{', '}', '\\', '#', ' ', '\n', 'a', '가', '👨‍👩‍👧', '"', '<', '&', '~'),
    maxLength: 6,
  })
  .filter((written) => !/\{\{|#\{/.test(written))
  .map((written): Piece => ({ literal: written }));
const piece = fc.oneof(
  { weight: 5, arbitrary: literal },
  { weight: 1, arbitrary: fc.constant<Piece>({ escape: true }) },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(...(Object.keys(NAMES) as Spelling[]))
      .map((spelling): Piece => ({ spelling })),
  },
);
/** What is meant literally has no sign of either notation across its pieces, and no backslash that means something. */
const plain = (pieces: readonly Piece[]): boolean => {
  const meant = pieces
    .map((one) => ('literal' in one ? one.literal : 'escape' in one ? '#{' : '\0'))
    .join('');
  return (
    !/\{\{|\\#\{|#\{\{/.test(meant) &&
    meant.split('#{').length === pieces.filter((p) => 'escape' in p).length + 1
  );
};
const pieces = fc.array(piece, { maxLength: 8 }).filter(plain);

/** How an author writes the pieces: one backslash more before a variable. */
const written = (all: readonly Piece[]): string =>
  all
    .map((one, index) => {
      if ('spelling' in one) return `#{${one.spelling}}`;
      if ('escape' in one) return '\\#{';
      const next = all.slice(index + 1).find((other) => !('literal' in other) || other.literal !== '');
      return next !== undefined && 'spelling' in next ? one.literal.replace(/\\+$/, '$&\\') : one.literal;
    })
    .join('');
const substituted = (all: readonly Piece[], values: Record<string, string>, html: boolean): string =>
  all
    .map((one) => {
      if ('literal' in one) return one.literal;
      if ('escape' in one) return '#{';
      const value = values[NAMES[one.spelling]] ?? '';
      return html ? Handlebars.escapeExpression(value) : value;
    })
    .join('');

describe('translating, then rendering', () => {
  it('is putting the values into the text, whatever stands around them', () => {
    const values = fc.record(
      Object.fromEntries(Object.values(NAMES).map((name) => [name, fc.string({ maxLength: 5 })])),
    );
    fc.assert(
      fc.property(pieces, values, fc.boolean(), (all, known, html) => {
        const { text: template, problems: found } = translated(written(all), VARIABLES);
        expect(found).toEqual([]);
        const lists = Object.fromEntries(Object.entries(known).map(([name, value]) => [name, [value]]));
        expect(rendered(template, lists, html)).toBe(substituted(all, known, html));
      }),
      { numRuns: 300 },
    );
  });

  it('leaves Pinpoint’s own notation as it is', () => {
    const own = '{{#if Location.City}}{{upper Location.City}}{{/if}} \\{{x}} {{!-- #1 {} --}}';
    expect(text(`${own}#{회원 이름}`)).toBe(`${own}{{User.UserAttributes.name}}`);
  });

  it('keeps JSON, addresses and HTML what they were', () => {
    expect(JSON.parse(text('{"a":{"name":"#{회원 이름}","n":[{"u":"#{PC URL_최근 본 상품}"}]}}'))).toEqual({
      a: { name: '{{User.UserAttributes.name}}', n: [{ u: '{{Attributes.last_viewed_pc_url}}' }] },
    });
    expect(text('https://shop.example.com/#!/p?q=1#{회원 아이디}')).toBe(
      'https://shop.example.com/#!/p?q=1{{User.UserId}}',
    );
    // A fragment that is a variable of Pinpoint's own notation.
    expect(text('https://shop.example.com/#{{User.UserId}}/#{회원 아이디}')).toBe(
      'https://shop.example.com/#{{User.UserId}}/{{User.UserId}}',
    );
    expect(text('<a href="#top" title="#{상품명_최근&nbsp;본 상품}">')).toBe(
      '<a href="#top" title="{{Attributes.last_viewed_name}}">',
    );
  });
});

describe('a name', () => {
  it('may be spelled with other blanks, in either Unicode form and case, in Korean and English', () => {
    for (const spelling of [
      '회원 이름',
      ' 회원\u00a0 이름 ',
      '회원 이름'.normalize('NFD'),
      'Member Name',
      '이름',
    ])
      expect(text(`#{${spelling}}`)).toBe('{{User.UserAttributes.name}}');
    expect(text('#{Pc Url _ Last viewed item}')).toBe('{{Attributes.last_viewed_pc_url}}');
  });

  it('of an attribute keeps its own case and blanks', () => {
    expect(text('#{회원 속성_VIP 등급}')).toBe('{{User.UserAttributes.[VIP 등급]}}');
    expect(text('#{member attribute_a_B}')).toBe('{{User.UserAttributes.a_B}}');
    expect(problems('#{회원 속성_a]b}')).toHaveLength(1);
  });

  it('that nothing has is a problem that tells the nearest ones, and never an empty text', () => {
    const [problem = ''] = problems('#{회원 이르}님');
    expect(problem).toMatch(/^there is no variable #\{회원 이르\}; nearest: #\{회원 이름\}/);
    expect(problem.split('#{').length - 2).toBeLessThanOrEqual(3);
    expect(problems('#{last item in car}')[0]).not.toContain('undefined');
    for (const unknown of ['#{}', '#{ }', '#{회원 속성_}', '#{constructor}', '#{상품명_최근 본 상품_7}']) {
      expect(problems(unknown)).toHaveLength(1);
      expect(text(unknown)).toBe(unknown);
    }
  });

  it('is shown as its author would write it', () => {
    expect(VARIABLES.shown('User.UserAttributes.name')).toBe('#{회원 이름}');
    expect(VARIABLES.shown('User.UserAttributes.grade')).toBe('#{등급}');
    expect(VARIABLES.shown('Location.City')).toBe('{{Location.City}}');
    expect(inShortForms('{{Attributes.coupon}} and {{Location.City}}', VARIABLES)).toBe(
      '#{쿠폰} and {{Location.City}}',
    );
  });
});

describe('a short form in the wrong place', () => {
  it('is a problem: without an end, inside an expression, inside a list', () => {
    expect(problems('안녕 #{회원 이름')).toEqual([
      '"#{회원 이름" has no end; for these characters write \\#{',
    ]);
    expect(problems('{{upper #{회원 이름}}}')[0]).toContain('there it is written User.UserAttributes.name');
    expect(problems('{{#each Attributes.x}}#{회원 이름}{{/each}}#{회원 이름}')).toEqual([
      '#{회원 이름} stands inside {{#each}}, where names are those of its items',
    ]);
  });

  it('does not hide the problems of the others', () => {
    expect(problems('#{하나} #{둘} #{회원 이름} #{셋')).toHaveLength(3);
  });
});
