import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUpload } from '../../../lambdas/segments/lists/read-upload.ts';
import { keyOf } from '../../../lambdas/segments/lists/values.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';

const file = (text: string | Uint8Array) => ({
  kind: 'csv' as const,
  bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text,
});
const read = (text: string | Uint8Array, said: Record<string, string> = {}) => readUpload(file(text), said);
const valuesOf = (text: string | Uint8Array, said = {}) => read(text, said).rows.map(([, value]) => value);
const refused = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof RepointError && error.code === 'validation') return error.message;
    throw error;
  }
  return '';
};

describe('the column of an upload', () => {
  it.each([
    ['user_id\nhana', 'id'],
    ['User ID,email\nhana,h@x.kr', 'id'],
    ['이름,회원번호\n하나,7', 'id'],
    ['회원 ID\nhana', 'id'],
    ['고객아이디;이름\nhana;하나', 'id'],
    ['name,E-Mail\n하나,h@x.kr', 'email'],
    ['이메일 주소\nh@x.kr', 'email'],
    ['메일\t이름\nh@x.kr\t하나', 'email'],
    ['휴대폰번호\n010-1234-5678', 'phone'],
    ['성명,휴대전화\n하나,010 1234 5678', 'phone'],
    ['연락처\n+82 10-1234-5678', 'phone'],
    ['Mobile Number\n+821012345678', 'phone'],
    ['번호\n7', 'id'],
    [`이름,${'회원번호'.normalize('NFD')}\n하나,7`, 'id'],
    ['ＩＤ\n7', 'id'],
    ['번호,이름,이메일\n1,하나,h@x.kr', 'email'],
    ['No.,휴대폰\n1,010-1234-5678', 'phone'],
    ['No,회원번호,이메일\n1,7,h@x.kr', 'id'],
  ])('is told by its header: %j is of kind %s', (text, kind) => {
    const found = read(text);
    expect([found.kind, found.recognisedBy, found.rows.length]).toEqual([kind, 'header', 1]);
  });

  it.each([
    ['h@x.kr\nd@x.kr', 'email', ['h@x.kr', 'd@x.kr']],
    ['하나,h@x.kr\n두리,d@x.kr\n세나,', 'email', ['h@x.kr', 'd@x.kr', '']],
    ['하나,01012345678\n두리,010-2222-3333', 'phone', ['01012345678', '010-2222-3333']],
    ['hana\nduri', 'id', ['hana', 'duri']],
    ['0012\n0013', 'id', ['0012', '0013']],
  ])('is told by its values without one: %j', (text, kind, values) => {
    const found = read(text);
    expect([found.kind, found.recognisedBy, found.rows.map(([, value]) => value)]).toEqual([
      kind,
      'values',
      values,
    ]);
  });

  it('is what the caller says', () => {
    expect(read('01012345678\n01022223333', { kind: 'id' })).toMatchObject({
      kind: 'id',
      recognisedBy: 'request',
    });
    expect(read('회원번호,휴대폰\n7,01012345678', { kind: 'phone' }).rows).toEqual([[2, '01012345678']]);
  });

  it.each([
    ['', /1 to 1000000 rows|recognisable/],
    [
      '이름,도시\n하나,서울\n두리,부산',
      /No column has recognisable ids, e-mail addresses or phone numbers \(the first row is "이름", "도시"\)/,
    ],
    ['회원번호\n', /1 to 1000000 rows/],
    ['a"b\n"c', /quote/],
    [`user_id\nhana\n${','.repeat(200_000)}x`, /Line 3 has 200001 columns; allowed: at most 1000/],
  ])('is refused when there is none: %j', (text, why) => {
    expect(refused(() => read(text))).toMatch(why);
  });

  it('is refused when it is not what the caller says', () => {
    expect(refused(() => read('hana\nduri', { kind: 'email' }))).toMatch(/recognisable e-mail addresses/);
    expect(refused(() => readUpload(file('email\nh@x.kr'), {}, 'phone'))).toMatch(
      /"email" is headed as e-mail addresses, and the list is one of kind phone/,
    );
    expect(readUpload(file('user_id,휴대폰\nu1,010-1111-1111'), {}, 'phone').rows).toEqual([
      [2, '010-1111-1111'],
    ]);
    expect(refused(() => read('hana', { kind: 'name' }))).toMatch(
      /kind is "name"; allowed: id, email, phone/,
    );
    expect(refused(() => read('hana', { kinds: 'id' }))).toMatch(/kinds is not a known field/);
  });
});

/** 회원번호 and 똠방각하 in CP949; the first syllable of the second is none of EUC-KR's. */
const HEADER = [0xc8, 0xb8, 0xbf, 0xf8, 0xb9, 0xf8, 0xc8, 0xa3];
const ONLY_WINDOWS = [0x8c, 0x63, 0xb9, 0xe6, 0xb0, 0xa2, 0xc7, 0xcf];

describe('a file', () => {
  const text = '회원번호\r\n"하나, 둘"\r\n 7 \r\n\r\n따옴표""\r\n'.replace('따옴표""', '"a ""b"""');
  const values = ['하나, 둘', '7', 'a "b"'];

  it('is read as UTF-8 with and without a BOM, and as UTF-16', () => {
    expect(valuesOf(text)).toEqual(values);
    expect(valuesOf(`\uFEFF${text}`)).toEqual(values);
    expect(valuesOf(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]))).toEqual(
      values,
    );
    const bigEndian = Buffer.from(text, 'utf16le').swap16();
    expect(valuesOf(Buffer.concat([Buffer.from([0xfe, 0xff]), bigEndian]))).toEqual(values);
  });

  it.each([
    ['user_id\r\nhana\nduri\nsena\n', 'its header came from elsewhere'],
    ['user_id\nhana\r\nduri\r\nsena', 'rows were appended'],
    ['user_id\rhana\r\nduri\nsena\r', 'all there are'],
  ])('may end its lines in several ways: %j, %s', (mixed) => {
    expect(read(mixed).rows).toEqual([
      [2, 'hana'],
      [3, 'duri'],
      [4, 'sena'],
    ]);
  });

  it.each([
    ['포인트;회원번호\n1,5;hana\n2;duri', 'a decimal comma'],
    ['"이름"\t"회원번호"\n김, 하나\thana\n두리; 둘째\tduri', 'names with what others tell columns apart by'],
    ['이름,회원번호\n하나; 첫째,hana\n두리,duri', 'a remark'],
  ])('is told apart by what makes a header of its first row: %j has %s', (text) => {
    expect(valuesOf(text)).toEqual(['hana', 'duri']);
  });

  it('is read as CP949, also what only Windows has of it', () => {
    const bytes = Uint8Array.from([...HEADER, 0x0a, ...ONLY_WINDOWS, 0x0a]);
    const found = read(bytes);
    expect([found.kind, found.rows]).toEqual(['id', [[2, '똠방각하']]]);
  });

  it('is refused when it is neither', () => {
    expect(refused(() => read(Uint8Array.from([0x75, 0xff, 0xff, 0x0a])))).toMatch(/neither UTF-8 nor CP949/);
    expect(refused(() => read('회원\uFFFD번호\n7'))).toMatch(/neither UTF-8 nor CP949/);
  });

  it('tells lines as the file has them', () => {
    expect(read('user_id\n\nhana\n\n"du\nri"\nsena').rows).toEqual([
      [3, 'hana'],
      [6, 'du\nri'],
      [7, 'sena'],
    ]);
  });
});

describe('JSON', () => {
  const json = (body: unknown) => readUpload({ kind: 'json', body }, {});
  it('gives values of a kind, or the text of a file', () => {
    expect(json({ ids: ['a', 'b'] })).toMatchObject({
      kind: 'id',
      recognisedBy: 'request',
      rows: [
        [1, 'a'],
        [2, 'b'],
      ],
    });
    expect(json({ emails: ['h@x.kr'], name: '봄' })).toMatchObject({
      kind: 'email',
      name: '봄',
      open: false,
    });
    expect(json({ phones: ['010-1234-5678'], open: true })).toMatchObject({ kind: 'phone', open: true });
    const file = { kind: 'csv', bytes: Buffer.from('user_id\nhana') } as const;
    for (const [open, isOpen] of [
      ['true', true],
      ['false', false],
    ] as const)
      expect(readUpload(file, { open, name: '봄' })).toMatchObject({ name: '봄', open: isOpen });
    expect(json({ csv: '이메일\nh@x.kr' })).toMatchObject({ kind: 'email', rows: [[2, 'h@x.kr']] });
  });

  it('is refused with what is wrong', () => {
    expect(refused(() => json({}))).toMatch(/one of csv, ids, emails, phones/);
    expect(refused(() => json({ ids: ['a'], csv: 'a' }))).toMatch(/csv and ids/);
    expect(refused(() => json({ ids: ['a', 7] }))).toMatch(/ids\[1\] is .*leading zeros/);
    expect(refused(() => json({ ids: [] }))).toMatch(/this upload has 0/);
    expect(refused(() => json([1]))).not.toBe('');
  });

  it('is refused, as a file is, when no value is what the field or the header says', () => {
    expect(refused(() => json({ phones: ['1234', '없음'] }))).toMatch(
      /No row has recognisable phone numbers: the first are "1234", "없음"/,
    );
    expect(refused(() => json({ emails: ['홍길동'] }))).toMatch(/recognisable e-mail addresses/);
    expect(refused(() => json({ ids: ['a#b'] }))).toMatch(/recognisable ids/);
    expect(refused(() => json({ csv: '휴대폰\n7\n8' }))).toMatch(/recognisable phone numbers/);
    expect(json({ phones: ['1234', '010-1234-5678'] }).rows).toHaveLength(2);
  });
});

describe('a value', () => {
  it('is compared however it was written', () => {
    expect(keyOf('phone', ' 010-1234-5678 ')).toBe(keyOf('phone', '+82 (0)10 1234 5678'));
    expect(keyOf('email', 'Kim@Example.KR ')).toBe(keyOf('email', 'kim@example.kr'));
    expect(keyOf('id', ' 007 ')).toBe('007');
    expect(keyOf('id', 'Hana')).not.toBe(keyOf('id', 'hana'));
    for (const bad of ['', 'a#b', 'x'.repeat(129), 'a\nb']) expect(keyOf('id', bad)).toBeUndefined();
  });
});

describe('a file of ids, whatever they are', () => {
  it('says every value on its line', () => {
    const id = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((text) => keyOf('id', text) === text && !text.includes('\uFEFF') && !text.includes('\uFFFD'));
    fc.assert(
      fc.property(fc.array(id, { minLength: 1, maxLength: 30 }), (ids) => {
        const quoted = ids.map((one) => `"${one.replaceAll('"', '""')}"`);
        const found = readUpload(file(`user_id\r\n${quoted.join('\r\n')}\r\n`), {});
        expect(found.rows.map(([, value]) => value)).toEqual(ids);
        expect(found.rows.map(([line]) => line)).toEqual(ids.map((_, index) => index + 2));
      }),
      { numRuns: 100 },
    );
  });
});
