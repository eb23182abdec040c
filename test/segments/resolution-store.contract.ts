import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ResolutionStore } from '../../lambdas/segments/ports.ts';
import { minuteOf, newResolution } from '../../lambdas/segments/resolution.ts';
import type { PinnedRule } from '../../lambdas/segments/resolve/pinned-rule.ts';
import type { PlainRule } from '../../lambdas/segments/rule/plain.ts';
import { START } from './support/worlds.ts';

const PINNED: PinnedRule = {
  rule: { kind: 'attribute', attribute: 'grade', test: { operator: 'is', bound: 'GOLD' } },
  uses: { segments: {}, lists: [] },
  path: 'members',
};
const resolutionOf = (name: string, minute = 0) =>
  newResolution({ name, version: 1 }, PINNED, START + minute * 60_000);

/** What every store of resolutions promises. */
export function resolutionStoreContract(open: () => ResolutionStore): void {
  it('creates each id once', async () => {
    const [store, resolution] = [open(), resolutionOf(randomUUID())];
    expect(await store.create(resolution)).toMatchObject({ resolution });
    expect(await store.create({ ...resolution, attempt: 7 })).toBeUndefined();
    expect((await store.get(resolution.segment, resolution.id))?.resolution).toEqual(resolution);
  });

  it('keeps a rule however deep it is, and gives it with each row until the row has none', async () => {
    const deep = Array.from({ length: 60 }).reduce<PlainRule>(
      (rule) => ({ kind: 'any', of: [rule, PINNED.rule] }),
      PINNED.rule,
    );
    const [store, resolution] = [open(), { ...resolutionOf(randomUUID()), rule: deep }];
    const { segment, id } = resolution;
    const read = await store.create(resolution);
    if (!read) throw new Error('not created');
    expect(read.resolution).toEqual(resolution);
    expect((await store.get(segment, id))?.resolution).toEqual(resolution);
    expect(await store.latest(segment, 1)).toEqual([resolution]);
    const { rule: _, ...done } = resolution;
    expect((await store.replace(read, done))?.resolution).toEqual(done);
    expect((await store.get(segment, id))?.resolution).toEqual(done);
  });

  it('lets one of two writers that read the same row win', async () => {
    const [store, resolution] = [open(), resolutionOf(randomUUID())];
    const read = await store.create(resolution);
    if (!read) throw new Error('not created');
    const won = await store.replace(read, { ...resolution, state: 'running' });
    expect(await store.replace(read, { ...resolution, state: 'failed' })).toBeUndefined();
    expect(await store.get(resolution.segment, resolution.id)).toEqual(won);
  });

  it('gives the latest first, of one segment only', async () => {
    const [store, name] = [open(), randomUUID()];
    for (const minute of [3, 1, 2]) await store.create(resolutionOf(name, minute));
    await store.create(resolutionOf(`${name}x`, 9));
    const ids = (await store.latest(name, 2)).map(({ id }) => id);
    expect(ids).toEqual([resolutionOf(name, 3).id, resolutionOf(name, 2).id]);
  });

  it('gives the latest first also of one minute, in which a segment may have had ten versions', async () => {
    const [store, name] = [open(), randomUUID()];
    const asked = [9, 10, 11].map((version, index) =>
      newResolution({ name, version }, PINNED, START + index * 1000),
    );
    for (const resolution of asked) await store.create(resolution);
    expect(await store.latest(name, 5)).toEqual(asked.reverse());
  });

  it('gives those of a span of minutes, both included, oldest first and page by page', async () => {
    const [store, name] = [open(), randomUUID()];
    for (const minute of [4, 1, 3, 2, 0]) await store.create(resolutionOf(name, minute));
    await store.create(resolutionOf(`${name}x`, 2));
    const at = (minute: number) => minuteOf(new Date(START + minute * 60_000).toISOString());
    const span = { from: at(1), to: at(3) };
    const first = await store.between(name, span, { limit: 2 });
    expect(first).toEqual([resolutionOf(name, 1), resolutionOf(name, 2)]);
    const rest = await store.between(name, span, { limit: 2, after: first.at(-1)?.id ?? '' });
    expect(rest).toEqual([resolutionOf(name, 3)]);
  });

  it('gives as many as were asked for, also of rows that are more than DynamoDB gives at once', async () => {
    const [store, name] = [open(), randomUUID()];
    const long: PlainRule = {
      ...{ kind: 'attribute', attribute: 'grade' },
      test: { operator: 'is', bound: 'x'.repeat(90_000) },
    };
    const asked = Array.from({ length: 16 }, (_, minute) => ({ ...resolutionOf(name, minute), rule: long }));
    for (const resolution of asked) await store.create(resolution);
    const span = { from: asked[0]?.id ?? '', to: asked.at(-1)?.id ?? '' };
    const ids = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id);
    expect(ids(await store.between(name, span, { limit: 15 }))).toEqual(ids(asked).slice(0, 15));
    expect(ids(await store.between(name, span, { limit: 500 }))).toEqual(ids(asked));
    expect(ids(await store.latest(name, 15))).toEqual(ids(asked).reverse().slice(0, 15));
  });

  it('remembers the first answer of each asker', async () => {
    const [store, name] = [open(), randomUUID()];
    expect(await store.answerTo(name, 'send-1')).toBeUndefined();
    expect(await store.rememberAnswer(name, 'send-1', 'one', START)).toBe('one');
    expect(await store.rememberAnswer(name, 'send-1', 'two', START)).toBe('one');
    expect(await store.rememberAnswer(name, 'send-2', 'two', START)).toBe('two');
    expect(await store.answerTo(name, 'send-1')).toBe('one');
    // Answers are no resolutions.
    expect(await store.latest(name, 5)).toEqual([]);
  });
}
