/** Which column of an upload names people, and how. Pure. */
import { type Kind, keyOf } from './values.ts';

export type { Kind } from './values.ts';
export type Recognised = 'request' | 'header' | 'values';

export interface Column {
  readonly kind: Kind;
  readonly recognisedBy: Recognised;
  /** Place of the column, from 0. */
  readonly column: number;
  /** The first row is its header. */
  readonly headed: boolean;
}

/** Headers without their spaces, dashes, dots and underscores. */
const HEADERS: Readonly<Record<Kind, RegExp>> = {
  id: /^(user|member|customer|client|회원|고객|사용자|유저)(id|no|number|아이디|번호)$|^(id|아이디|uid)$/,
  email: /^e?mail(address|주소)?$|^(이메일|메일|전자우편|전자메일)(주소)?$/,
  phone:
    /^(mobile|cell|cellular)?(tele)?phone(number|no)?$|^(mobile|cell|tel)(number|no)?$|^(휴대|핸드)?(폰|전화)(번호)?$|^연락처$/,
};
/** Numbers of whatever: beside addresses they are those of the rows, alone they are people's. */
const NUMBERS = /^(no|number|번호)$/;
/** Of several columns the one that says most surely who is meant. */
const SUREST: readonly Kind[] = ['id', 'email', 'phone'];
/** Rows that are looked at to tell what the values are, and the share of them that must be so. */
const LOOKED_AT = 1000;
const SHARE = 0.5;

/** Letters typed on a Mac arrive decomposed, those of some Korean keyboards wide. */
const bare = (header: string): string =>
  header
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s._\-()]/g, '');

/** The column of the rows, or what keeps it from being told. `wanted`: what the caller says it is. */
export function recognise(
  rows: readonly (readonly string[])[],
  wanted?: Kind,
): Column | { readonly problem: string } {
  const [first = []] = rows;
  return (
    headed(first, wanted) ??
    otherwise(first, wanted) ??
    ofValues(rows.slice(0, LOOKED_AT), wanted) ??
    unknown(rows, wanted)
  );
}

/** A header of another kind than the caller says: its own line would be a value, and the others are hardly what they are taken for. */
function otherwise(
  first: readonly string[],
  wanted: Kind | undefined,
): { readonly problem: string } | undefined {
  const other = wanted === undefined ? undefined : headed(first, undefined);
  if (wanted === undefined || other === undefined) return undefined;
  return {
    problem: `Column "${first[other.column]}" is headed as ${KIND_NAMES[other.kind]}, and the list is one of kind ${wanted}; allowed: a column of that kind, or no header`,
  };
}

/** The column that the first row heads, if it is a header. */
export function headed(first: readonly string[], wanted: Kind | undefined): Column | undefined {
  for (const kind of wanted === undefined ? SUREST : [wanted]) {
    const column = first.findIndex((cell) => HEADERS[kind].test(bare(cell)));
    if (column >= 0) return { kind, column, headed: true, recognisedBy: 'header' };
  }
  const column = first.findIndex((cell) => NUMBERS.test(bare(cell)));
  if (column < 0 || (wanted ?? 'id') !== 'id') return undefined;
  return { kind: 'id', column, headed: true, recognisedBy: 'header' };
}

/** Without a header: the column that holds most addresses, else the only column there is. */
function ofValues(rows: readonly (readonly string[])[], wanted: Kind | undefined): Column | undefined {
  const width = Math.max(0, ...rows.map(({ length }) => length));
  const recognisedBy = wanted === undefined ? 'values' : 'request';
  for (const kind of wanted === undefined ? (['email', 'phone', 'id'] as const) : [wanted]) {
    if (kind === 'id' && width !== 1) continue;
    const shares = Array.from({ length: width }, (_, column) => shareOf(rows, column, kind));
    const best = Math.max(0, ...shares);
    if (best >= SHARE) return { kind, column: shares.indexOf(best), headed: false, recognisedBy };
  }
  return undefined;
}

function shareOf(rows: readonly (readonly string[])[], column: number, kind: Kind): number {
  const cells = rows.map((row) => row[column] ?? '').filter((cell) => cell !== '');
  const good = cells.filter((cell) => keyOf(kind, cell) !== undefined);
  return cells.length === 0 ? 0 : good.length / cells.length;
}

export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  id: 'ids',
  email: 'e-mail addresses',
  phone: 'phone numbers',
};

function unknown(
  rows: readonly (readonly string[])[],
  wanted: Kind | undefined,
): { readonly problem: string } {
  const what = wanted === undefined ? 'ids, e-mail addresses or phone numbers' : KIND_NAMES[wanted];
  const first = (rows[0] ?? []).map((cell) => `"${cell.slice(0, 20)}"`).join(', ');
  const found = first === '' ? 'the file is empty' : `the first row is ${first.slice(0, 200)}`;
  return {
    problem: `No column has recognisable ${what} (${found}); allowed: a column headed user_id, email or phone (회원번호, 이메일, 휴대폰), or rows of one value each`,
  };
}
