import { describe, expect, it } from 'vitest';
import { substitutionsOf } from '../../../lambdas/shared/rendering/substitutions.ts';
import { TemplateError } from '../../../lambdas/shared/rendering/template.ts';
import { rendered } from './support/rendered.ts';

const DEFAULTS = substitutionsOf(
  JSON.stringify({
    'User.UserAttributes.FirstName': 'there',
    'User.UserAttributes.[회원 이름].[0]': '고객',
    'Attributes.colors': ['red', 'blue'],
    'Location.City': 'Seoul',
    'Metrics.points': 0,
    shop: 'Repoint',
    '__proto__.polluted': 'x',
  }),
);
const said = (text: string, values = {}) => rendered(text, values, { defaults: DEFAULTS });

describe('default substitutions', () => {
  it('stand for values that are missing, and only for those', () => {
    const text = 'Hi {{User.UserAttributes.FirstName}} in {{Location.City}}{{Attributes.none}}!';
    expect(said(text)).toBe('Hi there in Seoul!');
    expect(said(text, { 'User.UserAttributes.FirstName': ['Sofia'] })).toBe('Hi Sofia in Seoul!');
    expect(said(text, { 'User.UserAttributes.FirstName': [] })).toBe('Hi there in Seoul!');
    expect(said(text, { 'User.UserAttributes.FirstName': [''] })).toBe('Hi  in Seoul!');
  });

  it('stand for a list’s value too, by its index and in helpers', () => {
    expect(said('{{User.UserAttributes.FirstName.[0]}} {{User.UserAttributes.[회원 이름]}}')).toBe(
      'there 고객',
    );
    expect(said('{{upper User.UserAttributes.FirstName.[0]}} {{join Attributes.colors "/"}}')).toBe(
      'THERE red/blue',
    );
    expect(said('{{#each Attributes.colors}}{{this}};{{/each}}{{#if Location.City}}y{{/if}}')).toBe(
      'red;blue;y',
    );
  });

  it('give names of their own, as SendMessages does', () => {
    expect(said('{{shop}} {{upper shop}}')).toBe('Repoint REPOINT');
  });

  it('reach no prototype', () => {
    expect(said('{{#if Address}}{{/if}}{{polluted}}{{__proto__.polluted}}')).toBe('');
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  it.each([
    ['no json', /is no JSON/],
    ['["a"]', /expected a JSON object/],
    ['null', /expected a JSON object/],
    ['{"Attributes.a":{"b":1}}', /Attributes.a is \{"b":1\}; expected a text or a list of texts/],
  ])('are refused when they are %s', (json, problem) => {
    expect(() => substitutionsOf(json)).toThrow(TemplateError);
    expect(() => substitutionsOf(json)).toThrow(problem);
  });
});
