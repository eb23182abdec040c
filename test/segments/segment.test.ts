import { describe, expect, it } from 'vitest';
import { changed, segmentName } from '../../lambdas/segments/segment.ts';
import openapi from '../../schemas/segments/openapi.json' with { type: 'json' };

describe('a segment name', () => {
  it.each(['cart', '장바구니', 'a.b-c_1', '_x'])('may be %s', (name) => {
    expect(segmentName(name)).toBe(name);
  });

  it('is one name however its letters are composed', () => {
    expect(segmentName('장바구니'.normalize('NFD'))).toBe('장바구니');
  });

  it.each(['', '..', '-x', 'a b', 'a/b', 'x'.repeat(65), "a'b"])('may not be "%s"', (name) => {
    expect(() => segmentName(name)).toThrow(/allowed: 1 to 64 letters/);
  });
});

describe('a path of its own below /v1/segments', () => {
  const below = Object.keys(openapi.paths).flatMap((path) => /^\/segments\/([^/{]+)/.exec(path)?.[1] ?? []);

  it.each([...new Set(below)])('is no name of a segment: %s', (name) => {
    expect(() => segmentName(name)).toThrow(/choose another/);
  });
});

describe('a changed segment', () => {
  const first = changed(
    undefined,
    { name: 'a', rule: { attribute: 'x', is: 1 } },
    '2026-01-01T00:00:00.000Z',
  );

  it('keeps its version when only the order of fields differs', () => {
    expect(changed(first, { name: 'a', rule: { is: 1, attribute: 'x' } }, '2026-02-01T00:00:00.000Z')).toBe(
      first,
    );
  });

  it('keeps it too when the order differs within groups, and gets the next when that of the rules does', () => {
    const [a, b] = [
      { attribute: 'x', is: 1 },
      { attribute: 'y', is: 2 },
    ];
    const nested = changed(
      undefined,
      { name: 'n', rule: { all: [a, { any: [b] }] } },
      '2026-01-01T00:00:00.000Z',
    );
    const same = { all: [{ is: 1, attribute: 'x' }, { any: [{ is: 2, attribute: 'y' }] }] };
    expect(changed(nested, { name: 'n', rule: same }, '2026-02-01T00:00:00.000Z')).toBe(nested);
    const other = { all: [{ any: [b] }, a] };
    expect(changed(nested, { name: 'n', rule: other }, '2026-02-01T00:00:00.000Z').version).toBe(2);
  });

  it('gets the next version for another rule or description', () => {
    const next = changed(first, { ...first, description: 'why' }, '2026-02-01T00:00:00.000Z');
    expect(next).toMatchObject({
      version: 2,
      createdAt: first.createdAt,
      updatedAt: '2026-02-01T00:00:00.000Z',
    });
  });
});
