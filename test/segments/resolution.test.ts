import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listPrefix, newResolution } from '../../lambdas/segments/resolution.ts';
import { segmentName } from '../../lambdas/segments/segment.ts';

const name = fc
  .string({ unit: fc.constantFrom(...'ab9_.-가나다é'), minLength: 1, maxLength: 6 })
  .filter((text) => /^[\p{L}\p{N}_]/u.test(text))
  .map((text) => segmentName(text));

const prefixOf = (segment: string, askedBy: string): string => {
  const rule = { attribute: 'grade', is: 'GOLD' } as const;
  const at = new Date(0).toISOString();
  return listPrefix(
    newResolution({ name: segment, rule, version: 1, createdAt: at, updatedAt: at }, askedBy, 0),
  );
};

describe('the place of a list', () => {
  it('is another for another segment, in plain ASCII, whatever script the name is in', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(prefixOf(a, 'x') === prefixOf(b, 'x')).toBe(a === b);
        expect(prefixOf(a, 'x')).toMatch(/^segments\/[\x21-\x7e]+\/$/);
      }),
    );
  });
});
