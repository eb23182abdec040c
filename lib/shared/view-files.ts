import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { domainsOf } from './glue-columns.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** One documented view: lib/<domain>/views/<name>.sql. */
export interface ViewFile {
  readonly file: string;
  readonly name: string;
  readonly grain: string;
  /** Trino types, in the order of the SELECT. */
  readonly columns: readonly { readonly name: string; readonly type: string; readonly comment: string }[];
  /** What the header says beside its columns (`guarantee`, `cost`, `example`, …), in its order. */
  readonly parts: ReadonlyMap<string, string>;
  /** The SELECT alone, with `${database}` still in it. */
  readonly sql: string;
}

/** Every view of the tree. Throws with file and reason when a header lacks a part. */
export function viewFiles(): ViewFile[] {
  return domainsOf('lib').flatMap((domain) => {
    const folder = join(ROOT, 'lib', domain, 'views');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .map((file) => parseView(relative(ROOT, join(folder, file)), readFileSync(join(folder, file), 'utf8')));
  });
}

/** Reads a view's header (`view`, `grain`, `columns`, `guarantee`, `example`) and its SELECT. */
export function parseView(file: string, text: string): ViewFile {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('--'));
  const header = lines.slice(0, end === -1 ? lines.length : end).filter((line) => line.startsWith('--'));
  const part = (name: string): string => {
    const value = header.find((line) => line.startsWith(`-- ${name}:`))?.slice(`-- ${name}:`.length);
    if (value === undefined) throw new Error(`${file}: the header needs a line "-- ${name}: …"`);
    return value.trim();
  };
  const name = part('view');
  if (!file.endsWith(`/${name}.sql`))
    throw new Error(`${file}: the header names the view "${name}"; file and view share one name`);
  part('guarantee');
  if (!/^(select|with)\b/i.test(part('example')))
    throw new Error(`${file}: "-- example: …" is a query, SELECT … or WITH …`);
  const sql = lines.slice(end).join('\n').trim().replace(/;$/, '');
  if (end === -1 || !/^(select|with)\b/i.test(sql))
    throw new Error(`${file}: expected one SELECT after the header`);
  return { file, name, grain: part('grain'), columns: columnsOf(file, header), parts: partsOf(header), sql };
}

/** `-- name: text`, and the indented lines after it. */
function partsOf(header: readonly string[]): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  let current = '';
  for (const line of header) {
    const [, name, text = ''] = /^-- (\w+):\s*(.*)$/.exec(line) ?? [];
    current = name ?? current;
    const before = parts.get(current);
    parts.set(current, before === undefined ? text : `${before} ${line.slice(2).trim()}`.trim());
  }
  for (const told of ['view', 'grain', 'columns']) parts.delete(told);
  return parts;
}

function columnsOf(file: string, header: readonly string[]): ViewFile['columns'] {
  const start = header.findIndex((line) => line.startsWith('-- columns:'));
  if (start === -1)
    throw new Error(`${file}: the header needs a line "-- columns:" and one line a column under it`);
  const rest = header.slice(start + 1);
  const stop = rest.findIndex((line) => !line.startsWith('--   '));
  const columns = rest.slice(0, stop === -1 ? rest.length : stop).map((line) => column(file, line));
  if (columns.length === 0) throw new Error(`${file}: no columns under "-- columns:"`);
  return columns;
}

function column(file: string, line: string) {
  const [, name, rest = ''] = /^--\s+(\w+)\s+(\w.*)$/.exec(line) ?? [];
  const type = typeAtStart(rest);
  const comment = rest.slice(type.length);
  if (name === undefined || /^[^\s]/.test(comment))
    throw new Error(`${file}: cannot read the column line "${line}": expected "--   name type  description"`);
  return { name, type, comment: comment.trim() };
}

/** A type may hold blanks and types inside its brackets, e.g. `array(row(id varchar, price decimal(18,2)))`. */
function typeAtStart(text: string): string {
  const [word = ''] = /^\w+/.exec(text) ?? [];
  if (text[word.length] !== '(') return word;
  let depth = 0;
  for (let at = word.length; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    if (depth === 0) return text.slice(0, at + 1);
  }
  return text;
}
