import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countFewer, findUuids } from '../../scripts/lengths.ts';

const OPTIONS = { allErrors: true };
const theirs = new Ajv2020(OPTIONS);
const ours = new Ajv2020(OPTIONS);
countFewer(ours);

/** Characters of one and of two UTF-16 units, and halves of them. */
const text = fc
  .array(fc.constantFrom('a', '한', '😀', '\ud83d', '\ude00', '👨‍👩‍👧'), { maxLength: 8 })
  .map((characters) => characters.join(''));
const schemas = fc.record(
  {
    type: fc.constant('string'),
    minLength: fc.integer({ min: 0, max: 9 }),
    maxLength: fc.integer({ min: 0, max: 9 }),
    pattern: fc.constant('^a'),
  },
  { requiredKeys: ['type'] },
);

it('texts that are counted only where it matters are judged as ajv judges them, in the same words', () => {
  fc.assert(
    fc.property(schemas, fc.array(text, { maxLength: 20 }), (schema, texts) => {
      const [their, our] = [theirs.compile(schema), ours.compile(schema)];
      for (const one of texts) {
        expect(our(one)).toBe(their(one));
        expect(our.errors).toEqual(their.errors);
      }
    }),
  );
});

it('a UUID is what ajv-formats takes for one, in the same words', () => {
  const [their, our] = [new Ajv2020(OPTIONS), new Ajv2020(OPTIONS)].map((ajv, at) => {
    addFormats.default(ajv);
    if (at === 1) findUuids(ajv);
    return ajv.compile({ type: 'string', format: 'uuid' });
  });
  const part = fc.constantFrom('a', 'F', '0', 'g', '-', 'urn:uuid:', '\n', '\u017f', '\u212a');
  const uuid = fc
    .uuid()
    .chain((id) => fc.constantFrom(id, id.toUpperCase(), `urn:uuid:${id}`, `URN:UUID:${id}`));
  const almost = fc
    .tuple(uuid, fc.nat(45), fc.nat(2), part)
    .map(([id, at, cut, put]) => `${id.slice(0, at)}${put}${id.slice(at + cut)}`);
  fc.assert(
    fc.property(fc.oneof(uuid, almost, fc.string()), (text) => {
      expect(our?.(text)).toBe(their?.(text));
      expect(our?.errors).toEqual(their?.errors);
    }),
    { numRuns: 1000 },
  );
});
