import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../lambdas/segments/membership/lines.ts';
import { listMembers } from '../../../lambdas/segments/membership/list-members.ts';
import { requestResolution } from '../../../lambdas/segments/request-resolution.ts';
import { ready } from '../../../lambdas/segments/resolution.ts';
import { importLine } from '../../../lambdas/segments/resolve/scan-members.ts';
import { ctxAt, resolverOf, START } from '../support/worlds.ts';

const DAY = 24 * 60 * 60 * 1000;

async function world(files: readonly (readonly string[])[]) {
  const deps = resolverOf([]);
  const rule = { attribute: 'grade', is: 'GOLD' } as const;
  await deps.segments.save({ name: 's', rule, version: 1, createdAt: '', updatedAt: '' }, undefined);
  const resolved = async (at: number) => {
    const asked = await requestResolution(deps, ctxAt(at), 's');
    const stored = await deps.resolutions.get('s', asked.id);
    const size = files.flat().length;
    if (stored)
      await deps.resolutions.replace(stored, ready(asked, { listUrl: 's3://l/', size }, at, 14 * DAY));
    return asked.id;
  };
  const lists = {
    files: async () => files.map((_, index) => `s3://l/${index}`).reverse(),
    async *read(file: string) {
      const lines = files[Number(file.slice('s3://l/'.length))] ?? [];
      yield Buffer.from(lines.map(importLine).join(''));
    },
  };
  const ask = (query: Record<string, string> = {}, now = START) =>
    listMembers({ ...deps, files: lists }, ctxAt(now), 's', query);
  return { resolved, ask };
}

describe('who is in a segment', () => {
  it('is told page by page, everyone once, of one and the same result', async () => {
    const userId = fc.string({ minLength: 1, maxLength: 5 });
    const shape = fc.array(fc.array(userId, { maxLength: 6 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shape, fc.integer({ min: 1, max: 7 }), async (files, limit) => {
        const w = await world(files);
        const id = await w.resolved(START - 1000);
        const met: string[] = [];
        for (let after: string | null = ''; after !== null; ) {
          const page = await w.ask({ limit: String(limit), ...(after === '' ? {} : { after }) });
          expect(page).toMatchObject({ resolution: id, size: files.flat().length });
          expect(page.result.length).toBeLessThanOrEqual(limit);
          met.push(...page.result);
          // What is found out meanwhile is another list.
          await w.resolved(START + 600_000);
          after = page.next;
        }
        expect(met).toEqual(files.flat());
      }),
      { numRuns: 40 },
    );
  });

  it('is not known before somebody asks, nor once the list has expired', async () => {
    const w = await world([['a']]);
    await expect(w.ask()).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('POST'),
    });
    await w.resolved(START);
    expect(await w.ask()).toMatchObject({ result: ['a'], next: null });
    await expect(w.ask({}, START + 15 * DAY)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuses a page that no page gave, and a limit out of bounds', async () => {
    const w = await world([['a']]);
    await w.resolved(START);
    await expect(w.ask({ after: 'x' })).rejects.toMatchObject({ field: 'after' });
    for (const limit of ['0', '1001', 'all'])
      await expect(w.ask({ limit })).rejects.toMatchObject({ field: 'limit' });
  });
});

describe('lines', () => {
  it('are whole wherever pieces end', async () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)));
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (lines, size) => {
        const bytes = Buffer.from(lines.join('\n'));
        async function* pieces() {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        }
        const met: string[] = [];
        for await (const line of linesOf(pieces())) met.push(line);
        expect(met).toEqual(lines);
      }),
    );
  });
});
