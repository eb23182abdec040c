import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ResolutionStore } from '../../lambdas/segments/ports.ts';
import { newResolution } from '../../lambdas/segments/resolution.ts';
import { START } from './support/worlds.ts';

const resolutionOf = (name: string, minute = 0) =>
  newResolution(
    { name, rule: { did: 'purchase', inTheLastDays: 1 }, version: 1, createdAt: '', updatedAt: '' },
    'a',
    START + minute * 60_000,
  );

/** What every store of resolutions promises. */
export function resolutionStoreContract(open: () => ResolutionStore): void {
  it('creates each id once', async () => {
    const [store, resolution] = [open(), resolutionOf(randomUUID())];
    expect(await store.create(resolution)).toMatchObject({ resolution });
    expect(await store.create({ ...resolution, attempt: 7 })).toBeUndefined();
    expect((await store.get(resolution.segment, resolution.id))?.resolution).toEqual(resolution);
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
}
