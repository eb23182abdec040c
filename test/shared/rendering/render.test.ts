import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTemplate, TemplateError, variablesOf } from '../../../lambdas/shared/rendering/template.ts';
import { rendered } from './support/rendered.ts';

describe('a template', () => {
  it('names the values it reads, by Pinpoint’s dotted names', () => {
    const text =
      '{{User.UserId}} {{User.UserAttributes.name}} {{User.UserAttributes.[Last Name].[0]}} {{Address}} {{Attributes.plan}} {{Location.City}} {{Metrics.points}}{{#if User.UserAttributes.vip}}x{{/if}}{{#each Attributes.items}}{{@index}}{{this}}{{../User.UserAttributes.city}}{{/each}}';
    expect([...variablesOf(text)].sort()).toEqual([
      'Address',
      'Attributes.items',
      'Attributes.plan',
      'Location.City',
      'Metrics.points',
      'User.UserAttributes.Last Name',
      'User.UserAttributes.city',
      'User.UserAttributes.name',
      'User.UserAttributes.vip',
      'User.UserId',
    ]);
  });

  it('renders a list of one value as the value, an index as that value, and a longer list with commas', () => {
    const values = { 'User.UserAttributes.name': ['Sofia'], 'Attributes.tags': ['a', 'b'] };
    expect(rendered('Hi {{User.UserAttributes.name}}!', values)).toBe('Hi Sofia!');
    expect(rendered('{{User.UserAttributes.name.[0]}}', values)).toBe('Sofia');
    expect(rendered('{{Attributes.tags}} {{Attributes.tags.[1]}}', values)).toBe('a, b b');
    expect(rendered('{{#each Attributes.tags}}{{@index}}{{this}};{{/each}}', values)).toBe('0a;1b;');
  });

  it('renders a missing value as an empty text', () => {
    expect(rendered('[{{User.UserAttributes.none}}|{{Attributes.none.[0]}}|{{Address}}]', {})).toBe('[||]');
  });

  it('renders names with dots and spaces of their own', () => {
    const values = { 'User.UserAttributes.a.b': 'dotted', 'User.UserAttributes.회원 이름': ['지수'] };
    expect(rendered('{{User.UserAttributes.[a.b]}} {{User.UserAttributes.[회원 이름]}}', values)).toBe(
      'dotted 지수',
    );
  });

  it('escapes values for HTML only where the text is HTML', () => {
    const values = { 'User.UserAttributes.name': '<b>&"' };
    expect(rendered('{{User.UserAttributes.name}}', values)).toBe('<b>&"');
    expect(rendered('<p>{{User.UserAttributes.name}}</p>', values, { html: true })).toBe(
      '<p>&lt;b&gt;&amp;&quot;</p>',
    );
    expect(rendered('{{{User.UserAttributes.name}}}', values, { html: true })).toBe('<b>&"');
  });

  it('shows any value as it is, wherever it is not HTML', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (name, value) => {
        const values = { 'User.UserAttributes.x': [value], 'User.UserId': name };
        expect(rendered('{{User.UserId}}/{{User.UserAttributes.x}}', values)).toBe(`${name}/${value}`);
      }),
    );
  });

  it.each([
    '{{constructor}}',
    '{{User.UserAttributes.x.constructor}}',
    '{{__proto__.polluted}}',
    '{{User.constructor.name}}',
  ])('reaches no prototype: %s', (text) => {
    const outcome = () => rendered(text, { 'User.UserAttributes.x': ['v'], 'User.UserId': 'u' });
    try {
      expect(outcome()).toBe('');
    } catch (error) {
      expect(error).toBeInstanceOf(TemplateError);
    }
  });

  it.each([
    ['{{User.UserId', /Parse error/],
    ['{{#if Address}}x', /Parse error|Expecting/],
    ['{{uper User.UserId}}', /no helper uper; there are: /],
    ['{{#each (split Address)}}x{{/each}}', /no helper split/],
    ['{{> footer}}', /footer/],
    ['{{#if Address}}{{> footer}}{{/if}}', /partial footer is not there/],
    ['{{#if Address}}{{if}}{{/if}}', /helper if takes one value; it has 0/],
    ['{{#if Address}}{{#each Address Id}}x{{/each}}{{/if}}', /helper each takes one value; it has 2 here/],
    ['{{#if Address}}{{blockHelperMissing}}{{/if}}', /no helper blockHelperMissing/],
    ['{{#each User.UserAttributes}}{{this}}{{/each}}', /User.UserAttributes is a map/],
  ])('is refused before anything is sent: %s', (text, message) => {
    expect(() => compileTemplate(text)).toThrow(TemplateError);
    expect(() => compileTemplate(text)).toThrow(message);
  });
});
