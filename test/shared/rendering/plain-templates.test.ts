import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DottedValues } from '../../../lambdas/shared/rendering/part.ts';
import { compileTemplate } from '../../../lambdas/shared/rendering/template.ts';
import { rendered } from './support/rendered.ts';

const NAMES = [
  'Address',
  'Id',
  'User.UserId',
  'User.UserAttributes.name',
  'Attributes.plan',
  'Metrics.score',
];
const literal = fc.string().map((text) => text.replaceAll(/[{}\\~]/g, '.'));
const hole = fc
  .tuple(
    fc.constantFrom(...NAMES),
    fc.constantFrom(['{{', '}}'], ['{{{', '}}}'], ['{{&', '}}'], ['{{~', '~}}']),
  )
  .map(([name, [open, close]]) => `${open}${name}${close}`);
const template = fc.array(fc.oneof(literal, hole, fc.constant('{{! a remark }}')), { maxLength: 8 });
const value = fc.oneof(fc.string(), fc.double(), fc.integer(), fc.array(fc.string(), { maxLength: 3 }));
const values = fc.dictionary(fc.constantFrom(...NAMES), value) as fc.Arbitrary<DottedValues>;

/** A block that says nothing makes the whole template run through Handlebars. */
const NOTHING = '{{#if Attributes.none}}{{/if}}';

describe('a template that only names values', () => {
  it('says what Handlebars makes of it, in plain text and in HTML', () => {
    fc.assert(
      fc.property(template, fc.boolean(), values, (pieces, html, of) => {
        // What stands alone on its line takes the blanks around it along: neither the last piece nor the block does.
        const text = `${pieces.join('')}.`;
        expect(compileTemplate(text).pieces).toBeDefined();
        expect(compileTemplate(text + NOTHING).pieces).toBeUndefined();
        expect(rendered(text, of, { html })).toBe(rendered(`${text}${NOTHING}`, of, { html }));
      }),
    );
  });

  it.each([
    '{{Attributes.plan.[0]}}',
    '{{Address.length}}',
    '{{#each Attributes.plan}}{{this}}{{/each}}',
    '{{@root.Address}}',
  ])('is not %s', (text) => {
    expect(compileTemplate(text).pieces).toBeUndefined();
  });
});
