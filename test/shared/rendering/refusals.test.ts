import { describe, expect, it } from 'vitest';
import { RenderingError } from '../../../lambdas/shared/rendering/errors.ts';
import { compileTemplate, TemplateError } from '../../../lambdas/shared/rendering/template.ts';
import { rendered } from './support/rendered.ts';

/** Nobody's values lead there: what is wrong is seen in the template itself. */
const hidden = (call: string) => `{{#if Attributes.none}}${call}{{/if}}`;

describe('a call that cannot work is refused when the template is made', () => {
  it.each([
    ['{{upper}}', 'the helper upper takes 1 to two values; it has 0 here'],
    ['{{abbreviate Address}}', 'the helper abbreviate takes two values; it has 1 here'],
    ['{{abbreviate Address 3}}', '"3" is not a whole number from 4'],
    ['{{substring Address -1}}', '"-1" is not a whole number from 0'],
    ['{{ljust Address size="wide"}}', '"wide" is not a whole number from 0 to 1000'],
    ['{{ljust Address size=100000}}', '"100000" is not a whole number from 0 to 1000'],
    ['{{center Address width=5}}', 'the helper center has no width=; allowed: size=, pad='],
    ['{{lower Address locale="tr"}}', 'the helper lower has no locale=; it takes none'],
    ['{{divide 1 0}}', '"0" is not a number other than 0'],
    ['{{add 1 "two"}}', '"two" is not a number'],
    ['{{inflect 1 "apple"}}', 'the helper inflect takes three values; it has 2 here'],
    ['{{inflect 1 "a" "b" includeCount="perhaps"}}', '"perhaps" is not true or false'],
    ['{{now "yyyy-MM-qq"}}', 'the letter q stands for nothing'],
    ['{{now "yyyy \'Uhr"}}', 'a quote without an end'],
    ['{{now "12.34"}}', 'names no part of a date'],
    ['{{now tz=Mars/Olympus}}', '"Mars/Olympus" is not a time zone'],
    ['{{now locale="not a locale"}}', 'is not a locale'],
    ['{{dateFormat Address inputFormat="ww yyyy"}}', 'no date can be read with the letter w'],
    ['{{eq Address}}', 'the helper eq takes two values; it has 1 here'],
    ['{{and Address}}', 'the helper and takes at least two values; it has 1 here'],
    ['{{eq 1 1 maybe="m"}}', 'the helper eq has no maybe=; allowed: yes=, no='],
    ['{{#upper Address}}x{{/upper}}', 'the helper upper is no block: write {{upper …}}'],
    ['{{each Attributes.a}}', 'the helper each is a block'],
    ['{{#if Address as |a|}}{{a}}{{/if}}', 'only each names its items'],
    ['{{lookup Attributes "a"}}', 'there is no helper lookup'],
    ['{{add 1 (nosuch 2)}}', 'there is no helper nosuch'],
    ['{{@clock}}', 'there is no {{@clock}}'],
    ['{{@root.Attributes}}', 'is a map'],
    ['{{#> layout}}x{{/layout}}', 'there are no partials with a block'],
    ['{{* decorate}}', 'there are no decorators'],
    ['{{> (lower "A")}}', 'the name of a partial'],
    ['{{#* inline "a"}}x{{/inline}}{{> a Address}}', 'the partial a takes no values'],
  ])('%s', (call, problem) => {
    expect(() => compileTemplate(hidden(call))).toThrow(TemplateError);
    expect(() => compileTemplate(hidden(call))).toThrow(problem);
  });

  it('tells all problems at once', () => {
    expect(() => compileTemplate('{{nosuch Address}}{{add 1}}{{now "q"}}')).toThrow(
      /no helper nosuch.*add takes two values.*letter q/s,
    );
  });
});

describe('a template that would take too long to make is refused', () => {
  it('by how deep it is nested, and by how much it has to decide', () => {
    const deep = `{{lower ${'(lower '.repeat(30)}Address${')'.repeat(30)}}}`;
    expect(() => compileTemplate(deep)).toThrow('calls are nested more than 20 deep');
    expect(() => compileTemplate('{{#if Id}}x{{/if}}'.repeat(5_001))).toThrow(
      'has 5001 expressions; at most 5000 are allowed',
    );
  });

  it('but not for how often it names values alone', () => {
    expect(rendered('{{Id}} '.repeat(50_000), { Id: 'x' })).toBe('x '.repeat(50_000));
  });
});

describe('values that a helper cannot take', () => {
  const values = { 'Attributes.x': ['many'], 'Attributes.big': ['99999999'], 'Metrics.zero': 0 };

  it.each([
    ['{{add Attributes.x 1}}', 'the helper add: "many" is not a number'],
    ['{{divide 1 Metrics.zero}}', '"0" is not a number other than 0'],
    ['{{dateFormat Attributes.x "yyyy"}}', '"many" is not a date'],
    ['{{yesno Attributes.x}}', '"many" is not true or false'],
    ['{{now tz=Attributes.x}}', '"many" is not a time zone'],
    ['{{multiply Attributes.big 99999999}}', 'more than 15 digits'],
  ])('fail that recipient’s message alone: %s', (template, problem) => {
    expect(() => rendered(template, values)).toThrow(RenderingError);
    expect(() => rendered(template, values)).toThrow(problem);
    expect(() => rendered(template, {})).not.toThrow();
  });
});

describe('inline partials', () => {
  const FULL_NAME =
    '{{#* inline "fullName"}}{{User.UserAttributes.FirstName.[0]}}{{#if User.UserAttributes.LastName.[0]}} {{User.UserAttributes.LastName.[0]}}{{/if}}{{/inline}}';

  it('stand wherever they are called, before their definition too', () => {
    const values = { 'User.UserAttributes.FirstName': ['Jane'], 'User.UserAttributes.LastName': ['Doe'] };
    expect(rendered(`${FULL_NAME}Hello {{> fullName}}, {{> fullName}}`, values)).toBe(
      'Hello Jane Doe, Jane Doe',
    );
    expect(rendered(`Hello {{> fullName}}${FULL_NAME}`, { 'User.UserAttributes.FirstName': ['Jane'] })).toBe(
      'Hello Jane',
    );
    expect(
      rendered(`${FULL_NAME}{{#each Attributes.x}}{{> fullName}};{{/each}}`, {
        ...values,
        'Attributes.x': ['1', '2'],
      }),
    ).toBe('Jane Doe;Jane Doe;');
  });

  const partial = (name: string, body: string) => `{{#* inline "${name}"}}${body}{{/inline}}`;

  it.each([
    ['itself', `${partial('a', '{{> a}}')}{{> a}}`, 'a partial calls itself'],
    [
      'itself by another',
      `${partial('a', '{{> b}}')}${partial('b', '{{> a}}')}{{> b}}`,
      'a partial calls itself',
    ],
    [
      'itself where no value leads',
      `${partial('a', '{{#if Attributes.x}}{{> a}}{{/if}}')}{{> a}}`,
      'a partial calls itself',
    ],
    [
      'one of another block',
      `{{#if Address}}${partial('a', 'x')}{{/if}}{{> a}}`,
      'the partial a is not there',
    ],
  ])('are refused when one calls %s', (_, template, problem) => {
    expect(() => compileTemplate(template)).toThrow(problem);
  });

  it('are refused when there are two of a name', () => {
    expect(() => compileTemplate(`${partial('a', 'x')}${partial('a', 'y')}`)).toThrow(
      'the partial a is there twice',
    );
  });

  it('are refused when they multiply beyond measure', () => {
    const doubling = Array.from({ length: 30 }, (_, n) => partial(`p${n}`, `{{> p${n + 1}}}{{> p${n + 1}}}`));
    expect(() => compileTemplate(`${doubling.join('')}${partial('p30', 'x')}{{> p0}}`)).toThrow(
      'at most 1000 are allowed',
    );
    const long = partial('long', 'x'.repeat(100_000));
    expect(() => compileTemplate(`${long}${'{{> long}}'.repeat(51)}`)).toThrow('at most 5000000 are allowed');
  });
});

describe('loops', () => {
  const values = { 'Attributes.a': Array.from({ length: 40 }, (_, n) => `v${n}`) };

  it('show the first 15 values of a list', () => {
    expect(rendered('{{#each Attributes.a}}{{this}} {{/each}}', values).trim().split(' ')).toEqual(
      values['Attributes.a'].slice(0, 15),
    );
    expect(rendered('{{#Attributes.a}}{{this}} {{/Attributes.a}}', values).trim().split(' ')).toHaveLength(
      15,
    );
  });

  it('inside loops end before they take a function’s time', () => {
    const nested = (depth: number) =>
      `${'{{#each Attributes.a}}'.repeat(depth)}x${'{{/each}}'.repeat(depth)}`;
    expect(rendered(nested(3), values)).toHaveLength(15 ** 3);
    expect(() => rendered(nested(12), values)).toThrow(RenderingError);
  });
});

describe('text', () => {
  it('of helpers is escaped where the template is HTML, as values are', () => {
    const values = { 'Attributes.x': ['<b>', '"&'] };
    expect(rendered('{{join Attributes.x "<br>"}}{{{lower "<I>"}}}', values, { html: true })).toBe(
      '&lt;b&gt;&lt;br&gt;&quot;&amp;<i>',
    );
    expect(rendered('{{join Attributes.x "<br>"}}', values)).toBe('<b><br>"&');
  });
});
