/** What an upload of a list says: one value a row, and where it stood. Pure. */
import type { PutListPart } from '../../../schemas/segments/generated/requests.js';
import { validatePutListPart } from '../../../schemas/segments/generated/requests.js';
import { fromCp949 } from '../../shared/cp949.ts';
import { inWords } from '../../shared/depth.ts';
import { invalid } from '../../shared/errors.ts';
import type { FileUpload } from '../../shared/http.ts';
import { check } from '../../shared/validation.ts';
import { unguarded } from './cells.ts';
import { BadQuote, type CsvRow, csvRows } from './csv-rows.ts';
import { MOST_ROWS } from './list.ts';
import { headed, KIND_NAMES, type Kind, type Recognised, recognise } from './recognise.ts';
import { keyOf } from './values.ts';

/** The line of a file, or the place in a JSON list, from 1; and what stands there. */
export type Row = readonly [line: number, value: string];

export interface Upload {
  readonly kind: Kind;
  readonly recognisedBy: Recognised;
  readonly rows: readonly Row[];
  readonly name?: string;
  /** More parts will follow. */
  readonly open: boolean;
}

/** What the query of a CSV upload says of it; JSON says it in the body. */
export type Said = Readonly<Record<string, string>>;

const FIELDS = { ids: 'id', emails: 'email', phones: 'phone' } as const;

/** Reads an upload. Throws a validation error when nobody can be recognised in it. `wanted`: the kind of the list it is a part of. */
export function readUpload(upload: FileUpload, said: Said, wanted?: Kind): Upload {
  const asked =
    upload.kind === 'csv'
      ? check(validatePutListPart, {
          ...said,
          csv: '',
          ...(said['open'] ? { open: said['open'] === 'true' } : {}),
        })
      : check(validatePutListPart, upload.body);
  const read =
    upload.kind === 'csv' ? csvUpload(textOf(upload.bytes), kindOf(asked, wanted)) : jsonRows(asked, wanted);
  if (read.rows.length < 1 || read.rows.length > MOST_ROWS)
    throw wrong(`A list has 1 to ${MOST_ROWS} rows; this upload has ${read.rows.length}`);
  if (wanted !== undefined && read.kind !== wanted)
    throw wrong(`The list is one of kind ${wanted}; this part is of kind ${read.kind}`, 'kind');
  // Of a part, the others may have what it has not.
  if (wanted === undefined && read.rows.every(([, value]) => keyOf(read.kind, value) === undefined))
    throw unrecognised(read);
  return { ...read, open: asked.open ?? false, ...(asked.name === undefined ? {} : { name: asked.name }) };
}

/** Also where the caller or a header said what the values were to be. */
function unrecognised({ kind, rows }: Read): Error {
  const first = rows.slice(0, 3).map(([, value]) => inWords(value));
  return wrong(`No row has recognisable ${KIND_NAMES[kind]}: the first are ${first.join(', ')}`);
}

const wrong = (message: string, field = ''): Error => invalid([{ field, message }]);

const kindOf = (asked: PutListPart, wanted: Kind | undefined): Kind | undefined => wanted ?? asked.kind;

type Read = Pick<Upload, 'kind' | 'recognisedBy' | 'rows'>;

function jsonRows(asked: PutListPart, wanted: Kind | undefined): Read {
  const given = (['csv', ...Object.keys(FIELDS)] as ('csv' | keyof typeof FIELDS)[]).filter(
    (field) => asked[field] !== undefined,
  );
  const [field] = given;
  if (field === undefined || given.length > 1)
    throw wrong(`The body has ${given.join(' and ') || 'no list'}; allowed: one of csv, ids, emails, phones`);
  if (field === 'csv') return csvUpload(asked.csv ?? '', kindOf(asked, wanted));
  return { kind: FIELDS[field], recognisedBy: 'request', rows: texts(asked[field] ?? [], field) };
}

function texts(values: readonly unknown[], field: string): Row[] {
  const odd = values.findIndex((value) => typeof value !== 'string');
  if (odd >= 0)
    throw wrong(
      `${field}[${odd}] is ${inWords(values[odd])}; allowed: text (a number would lose its leading zeros)`,
      `${field}[${odd}]`,
    );
  return values.map((value, index) => [index + 1, String(value)] as const);
}

function csvUpload(text: string, wanted: Kind | undefined): Read {
  const rows = rowsOf(text, delimitersOf(text, wanted)).map(({ cells, line }) => ({
    cells: cells.map(unguarded),
    line,
  }));
  const wide = rows.find(({ cells }) => cells.length > MOST_COLUMNS);
  if (wide)
    throw wrong(`Line ${wide.line} has ${wide.cells.length} columns; allowed: at most ${MOST_COLUMNS}`);
  const found = recognise(
    rows.map(({ cells }) => cells),
    wanted,
  );
  if ('problem' in found) throw wrong(found.problem);
  const { column, headed: isHeaded, kind, recognisedBy } = found;
  return {
    kind,
    recognisedBy,
    rows: rows.slice(isHeaded ? 1 : 0).map(({ cells, line }) => [line, cells[column] ?? ''] as const),
  };
}

/** Each is looked at for whom it names. */
const MOST_COLUMNS = 1000;

/** What spreadsheets tell columns apart by. */
const DELIMITERS = [',', ';', '\t'];

/**
 * The one that makes a header of the first row, so that other columns may hold the others (`1,5;kim`); all of them where none does, or
 * several: no address has any.
 */
function delimitersOf(text: string, wanted: Kind | undefined): readonly string[] {
  const heading = DELIMITERS.filter((delimiter) => headed(firstOf(text, delimiter), wanted) !== undefined);
  return heading.length === 1 ? heading : DELIMITERS;
}

/** The first row as one delimiter tells its columns apart; nothing of a row that was written with another. */
function firstOf(text: string, delimiter: string): readonly string[] {
  try {
    return csvRows(text, [delimiter]).next().value?.cells ?? [];
  } catch (cause) {
    if (cause instanceof BadQuote) return [];
    throw cause;
  }
}

function rowsOf(text: string, delimiters: readonly string[]): readonly CsvRow[] {
  try {
    return [...csvRows(text, delimiters)];
  } catch (cause) {
    if (cause instanceof BadQuote) throw wrong(`The body is not valid CSV: ${cause.message}`);
    throw cause;
  }
}

/** UTF-8 with or without a BOM; UTF-16 by its BOM; else CP949, as Korean spreadsheets save. Throws when it is none of them. */
export function textOf(bytes: Uint8Array): string {
  const utf16 = UTF_16[Buffer.from(bytes.subarray(0, 2)).toString('hex')];
  const text = utf16 ? new TextDecoder(utf16).decode(bytes) : (utf8(bytes) ?? fromCp949(bytes));
  // Also of what was decoded before it came here, that is the mark of what was lost.
  if (!text.includes('\uFFFD')) return text;
  throw wrong('The body is neither UTF-8 nor CP949: save the file as CSV UTF-8');
}

/** By the BOM. */
const UTF_16: Readonly<Record<string, string>> = { fffe: 'utf-16le', feff: 'utf-16be' };

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
