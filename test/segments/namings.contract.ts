import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Namings, SegmentStore } from '../../lambdas/segments/ports.ts';
import type { Rule } from '../../lambdas/segments/rule/rule.ts';
import type { Segment } from '../../lambdas/segments/segment.ts';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const UNTIL = '2026-11-21T12:01:00.000Z';

/** What every store promises of which segments name which. */
export function namingsContract(open: () => { segments: SegmentStore; namings: Namings }): void {
  const first = (rule: Rule): Segment => ({
    ...{ name: `가-${randomUUID()}`, rule, version: 1 },
    ...{ createdAt: '2026-11-21T00:00:00.000Z', updatedAt: '2026-11-21T00:00:00.000Z' },
  });
  const announcedBy = (by: string) => ({ names: ['z'], by, until: UNTIL });

  it('names what a rule names, however deep, and knows when there is none', async () => {
    const { segments, namings } = open();
    const one = first({ any: [{ segment: 'a' }, { none: [{ segment: 'b' }, { attribute: 'x', is: 1 }] }] });
    await segments.save(one, undefined);
    expect(await namings.of(one.name)).toEqual({ names: ['a', 'b'] });
    expect(await namings.of(randomUUID())).toBeUndefined();
  });

  it('lets one at a time announce, until that is saved, taken back, or dead', async () => {
    const { segments, namings } = open();
    const one = first({ segment: 'a' });
    await segments.save(one, undefined);
    expect(await namings.announce(one, announcedBy('x'), NOW)).toBe(true);
    expect(await namings.of(one.name)).toEqual({ names: ['a'], announced: announcedBy('x') });
    expect(await namings.announce(one, announcedBy('y'), NOW)).toBe(false);
    await namings.withdraw(one.name, 'y');
    expect(await namings.announce(one, announcedBy('y'), NOW)).toBe(false);
    await namings.withdraw(one.name, 'x');
    expect(await namings.announce(one, announcedBy('y'), NOW)).toBe(true);
    expect(await namings.announce(one, announcedBy('z'), Date.parse(UNTIL))).toBe(true);
    await namings.withdraw(one.name, 'z');
    expect(await namings.announce({ ...one, version: 2 }, announcedBy('x'), NOW)).toBe(false);
    expect(await namings.announce({ name: randomUUID(), version: 1 }, announcedBy('x'), NOW)).toBe(false);
  });

  it('saves nothing of whoever’s announcement stands no more, and ends it with what is saved', async () => {
    const { segments, namings } = open();
    const one = first({ segment: 'a' });
    const two = { ...one, version: 2 };
    await segments.save(one, undefined);
    await expect(segments.save(two, one, 'x')).rejects.toMatchObject({ code: 'conflict' });
    await namings.announce(one, announcedBy('x'), NOW);
    await expect(segments.save(two, one, 'y')).rejects.toMatchObject({ code: 'conflict' });
    await segments.save(two, one, 'x');
    expect(await namings.of(one.name)).toEqual({ names: ['a'] });
    // Whoever needs none goes ahead of whoever has announced, who is told.
    await namings.announce(two, announcedBy('x'), NOW);
    await segments.save({ ...one, version: 3 }, two);
    await expect(segments.save({ ...one, version: 3 }, two, 'x')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('shows nobody else what is announced', async () => {
    const { segments, namings } = open();
    const one = first({ segment: 'a' });
    await segments.save(one, undefined);
    await namings.announce(one, announcedBy('x'), NOW);
    expect(await segments.find(one.name)).toEqual(one);
    expect((await segments.list(100)).segments.filter(({ name }) => name === one.name)).toEqual([one]);
  });
}
