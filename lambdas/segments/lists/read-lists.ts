import { invalid, notFound } from '../../shared/errors.ts';
import type { HttpAnswer } from '../../shared/http.ts';
import { csvCell } from './cells.ts';
import { type List, rowsOf } from './list.ts';
import type { ListFiles, Lists, Unmatched } from './ports.ts';
import { found } from './upload-list.ts';

/** Rows of nobody that are told with the list itself. */
const FIRST_UNMATCHED = 20;
const PAGE = 100;
/** When a list was made, and its id. */
const PLACE = /^\d{4}-\d\d-\d\dT[\d:.]+Z_/;

/** What callers are told of a list: schemas/segments/list.response.json. */
export function listView(list: List, first: readonly Unmatched[] = []) {
  const { counts } = list;
  return {
    ...{ id: list.id, name: list.name, kind: list.kind, recognisedBy: list.recognisedBy },
    state: list.state,
    rows: rowsOf(list),
    matched: counts?.matched ?? null,
    members: counts?.members ?? null,
    duplicates: counts?.duplicates ?? null,
    unmatched: counts?.unmatched ?? null,
    unmatchedFiles: counts?.files ?? null,
    unmatchedFirst: first.map(([part, line, value, reason]) => ({ part, line, value, reason })),
    ...{ createdAt: list.createdAt, createdBy: list.createdBy },
    readyAt: list.readyAt ?? null,
    reason: list.reason ?? null,
  };
}

/** The list with the first rows that are of nobody, as long as those are kept. */
export async function toldList({ files }: { readonly files: Pick<ListFiles, 'readUnmatched'> }, list: List) {
  const rows = (list.counts?.files ?? 0) > 0 ? await files.readUnmatched(list.id, 0) : [];
  return listView(list, rows?.slice(0, FIRST_UNMATCHED));
}

/** A page of lists, the newest first; `after` is `next` of the page before. */
export async function allLists(
  { lists }: { readonly lists: Pick<Lists, 'all'> },
  query: Readonly<Record<string, string>>,
) {
  const limit = Number(query['limit'] ?? PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE)
    throw invalid([{ field: 'limit', message: `limit is "${query['limit']}"; allowed: 1 to ${PAGE}` }]);
  const { after } = query;
  if (after !== undefined && !PLACE.test(after))
    throw invalid([{ field: 'after', message: `after is "${after}"; allowed: next of the page before` }]);
  const sorted = (await lists.all())
    .filter(({ list }) => list.state !== 'deleting')
    .map(({ list }) => ({ list, place: `${list.createdAt}_${list.id}` }))
    .filter(({ place }) => after === undefined || place < after)
    .sort((a, b) => (a.place < b.place ? 1 : -1));
  const page = sorted.slice(0, limit);
  return {
    result: page.map(({ list }) => listView(list)),
    next: sorted.length > page.length ? (page.at(-1)?.place ?? null) : null,
  };
}

/** A file of rows that are of nobody, as CSV (`file` from 0). Throws `not_found` when there is none, or none any more. */
export async function unmatchedFile(
  deps: { readonly lists: Lists; readonly files: Pick<ListFiles, 'readUnmatched'> },
  id: string,
  file: string | undefined,
): Promise<HttpAnswer> {
  const { list } = await found(deps, id);
  const files = list.counts?.files ?? 0;
  const number = Number(file ?? 0);
  if (!Number.isInteger(number) || number < 0 || (number > 0 && number >= files))
    throw invalid([{ field: 'file', message: `file is "${file}"; allowed: 0 to ${Math.max(0, files - 1)}` }]);
  const rows = files === 0 ? [] : await deps.files.readUnmatched(id, number);
  if (rows === undefined) throw notFound('The unmatched rows of this list have expired', 'id');
  return { status: 200, body: csvOf(rows), contentType: 'text/csv; charset=utf-8' };
}

/** With a BOM, without which Korean spreadsheets take UTF-8 for CP949. */
const csvOf = (rows: readonly Unmatched[]): string =>
  `\uFEFFpart,line,value,reason\r\n${rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')}`;
