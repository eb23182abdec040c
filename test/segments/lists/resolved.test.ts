import { describe, expect, it } from 'vitest';
import { listMembers, writeBits } from '../../../lambdas/segments/resolve/scan-members.ts';
import type { PlainRule } from '../../../lambdas/segments/rule/plain.ts';

const MOMENT = { now: Date.parse('2026-11-22T09:00:00Z'), timeZone: 'Asia/Seoul' };
const LISTS: Readonly<Record<string, readonly string[]>> = { a: ['hana', 'guest'], b: ['guest', 'stranger'] };
const ROWS = [
  { userId: 'hana', attributes: { grade: 'GOLD' } },
  { userId: 'duri', attributes: { grade: 'GOLD' } },
];

function world() {
  const lines: string[] = [];
  const deps = {
    members: {
      async *scan({ part }: { part: number }) {
        yield part === 0 ? ROWS : [];
      },
    },
    listed: { of: async (list: string) => new Set(LISTS[list]) },
    lists: { writePart: async (_prefix: string, _part: string, text: string) => void lines.push(text) },
    bits: { writePart: async (_partition: string, _part: string, text: string) => void lines.push(text) },
  };
  return { deps, written: () => lines.join('').trim().split('\n').filter(Boolean).sort() };
}

const on = (list: string): PlainRule => ({ kind: 'list', list });
const gold: PlainRule = { kind: 'attribute', attribute: 'grade', test: { operator: 'is', bound: 'GOLD' } };

describe('a rule of lists', () => {
  it('yields everybody on the list, also whom only events have named', async () => {
    const { deps, written } = world();
    const target = { prefix: 'p/', without: new Set<string>() };
    const { written: count } = await listMembers(deps, on('a'), MOMENT, target, async () => {});
    expect(written()).toEqual(['{"User":{"UserId":"guest"}}', '{"User":{"UserId":"hana"}}']);
    expect(count).toBe(2);
  });

  it('judges them as people without attributes, each once', async () => {
    const { deps, written } = world();
    const rules = [
      { kind: 'all', of: [on('a'), gold] },
      { kind: 'any', of: [on('a'), on('b')] },
    ] as const;
    await writeBits(deps, rules, MOMENT, 'r', async () => {});
    expect(written()).toEqual([
      '{"user_id":"duri","bits":"00"}',
      '{"user_id":"guest","bits":"01"}',
      '{"user_id":"hana","bits":"11"}',
      '{"user_id":"stranger","bits":"01"}',
    ]);
  });
});
