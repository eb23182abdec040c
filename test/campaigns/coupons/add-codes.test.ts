import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addCodes } from '../../../lambdas/campaigns/coupons/add-codes.ts';
import { createPool, getPool, listPools } from '../../../lambdas/campaigns/coupons/pools.ts';
import { csvEntries, judgedEntries, listEntries } from '../../../lambdas/campaigns/coupons/upload.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { memoryCoupons } from './support.ts';

const CTX = { actor: 'key-1', requestId: 'r', now: Date.parse('2026-11-22T00:00:00Z'), deadline: 0 };

async function poolOf(name = 'spring') {
  const pools = memoryCoupons();
  await createPool(pools, CTX, { name });
  return pools;
}
const csv = (text: string) => ({ kind: 'csv', text }) as const;
const json = (codes: unknown[]) => ({ kind: 'json', body: { codes } }) as const;

describe('pools', () => {
  it('are made once, and tell how many codes they have, gave and have left', async () => {
    const pools = await poolOf();
    await expect(createPool(pools, CTX, { name: 'spring' })).rejects.toMatchObject({ code: 'conflict' });
    await addCodes(pools, 'spring', json(['A', 'B', 'C']));
    await pools.take({ pool: 'spring', campaignId: 'c' }, 'kim', 'B');
    expect(await getPool(pools, 'spring')).toEqual({
      name: 'spring',
      createdAt: '2026-11-22T00:00:00.000Z',
      createdBy: 'key-1',
      total: 3,
      given: 1,
      left: 2,
    });
    expect((await listPools(pools)).result.map(({ name }) => name)).toEqual(['spring']);
  });

  it('that are not there are answered with the nearest names', async () => {
    const pools = await poolOf('여름-세일');
    await expect(getPool(pools, '여름-세읽')).rejects.toThrow(/여름-세일/);
    await expect(addCodes(pools, 'x', json(['A']))).rejects.toMatchObject({ code: 'not_found' });
    // Letters that are composed in two ways are one name.
    expect((await getPool(pools, '여름-세일'.normalize('NFD'))).name).toBe('여름-세일');
  });
});

describe('an upload of codes', () => {
  it('keeps the good lines and says of each bad one why, without repeating the code', async () => {
    const pools = await poolOf();
    await addCodes(pools, 'spring', json(['OLD']));
    const text = [
      'code,label',
      'A-1,x',
      'OLD,',
      ' A-2 ',
      '',
      'A-1',
      'A 3',
      'B'.repeat(65),
      '"Q,1"',
      ',y',
    ].join('\r\n');
    const answer = await addCodes(pools, 'spring', csv(text));
    expect(answer).toEqual({
      status: 207,
      body: {
        result: {
          accepted: 3,
          known: 1,
          rejected: 4,
          errors: [
            { line: 6, reason: 'the code stands on line 2 already' },
            { line: 7, reason: 'the code has a space or a character that cannot be seen in it' },
            { line: 8, reason: 'the code has 65 characters; at most 64 are allowed' },
            { line: 10, reason: 'there is no code' },
          ],
        },
      },
    });
    expect([...(pools.codes.get('spring') ?? []).keys()]).toEqual(['OLD', 'A-1', 'A-2', 'Q,1']);
  });

  it('needs no heading, takes Korean ones in any column, and a byte order mark', () => {
    const values = (text: string) => csvEntries(text).map(({ value }) => value);
    expect(values('A\nB')).toEqual(['A', 'B']);
    expect(values('\uFEFFcode\nA')).toEqual(['A']);
    expect(values('번호,쿠폰 번호\n1,A\n2,B')).toEqual(['A', 'B']);
  });

  it('knows lines of blanks and bare commas, as spreadsheets leave them, for none', () => {
    const entries = csvEntries('code,label\r\nA,x\r\n\r\n  \r\n,\r\nB,\r\n\r\n');
    expect(entries.map(({ value }) => value)).toEqual(['A', 'B']);
    expect(entries.map(({ line }) => line)).toEqual([2, 6]);
  });

  it('in another encoding is refused, and says where: nobody gets a code of broken characters', async () => {
    const pools = await poolOf();
    // What is left of CP949 when it was read as UTF-8.
    const cp949 = Buffer.concat([Buffer.from('code,label\nA1,'), Buffer.from([0xba, 0xbd, 0xb3, 0xaf])]);
    const refused = addCodes(pools, 'spring', csv(cp949.toString('utf8')));
    await expect(refused).rejects.toThrow(/not UTF-8: line 2 .*save the file as UTF-8/);
    expect(pools.codes.get('spring')).toBeUndefined();
    expect(await addCodes(pools, 'spring', json(['A\uFFFD']))).toMatchObject({ status: 207 });
  });

  it('as JSON is judged entry by entry', async () => {
    const pools = await poolOf();
    const { status, body } = await addCodes(pools, 'spring', json(['A', 7, null, 'A']));
    expect(status).toBe(207);
    expect(body).toMatchObject({ result: { accepted: 1, rejected: 3 } });
    const all = await addCodes(pools, 'spring', json(['B', 'C']));
    expect(all).toEqual({ status: 200, body: { result: { accepted: 2, known: 0, rejected: 0 } } });
  });

  it('is refused as a whole when it is none, empty, or too large', async () => {
    const pools = await poolOf();
    const many = json(Array.from({ length: 10_001 }, (_, index) => `C${index}`));
    for (const upload of [many, csv(''), csv('code\n'), { kind: 'json', body: {} } as const, json([])])
      await expect(addCodes(pools, 'spring', upload)).rejects.toMatchObject({ code: 'validation' });
    const broken = await addCodes(pools, 'spring', csv('A\n"SECRET')).catch((error: unknown) => error);
    expect(broken).toBeInstanceOf(RepointError);
    expect(String(broken)).not.toContain('SECRET');
    expect(pools.codes.get('spring')).toBeUndefined();
  });

  it('accounts for every line: accepted once, or told why not', () => {
    const value = fc.oneof(
      fc.string({ maxLength: 70 }),
      fc.constantFrom('A', 'B', ' A', '쿠폰', '👨‍👩‍👧'),
      fc.integer(),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (all) => {
        const { codes, refused } = judgedEntries(listEntries(all));
        const lines = [...codes.values(), ...refused.map(({ line }) => line)].sort((a, b) => a - b);
        expect(lines).toEqual(all.map((_, index) => index + 1));
        for (const [code, line] of codes) expect(String(all[line - 1]).trim()).toBe(code);
      }),
    );
  });
});
