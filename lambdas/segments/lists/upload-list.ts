import type { Ctx } from '../../shared/context.ts';
import { conflict, invalid, notFound, RepointError } from '../../shared/errors.ts';
import type { FileUpload } from '../../shared/http.ts';
import type { Ids } from '../../shared/ids.ts';
import {
  isForgotten,
  type List,
  MOST_AT_ONCE,
  MOST_PARTS,
  MOST_ROWS,
  type Part,
  queued,
  rowsOf,
} from './list.ts';
import { type MatchDeps, matchList } from './match-list.ts';
import type { StoredList } from './ports.ts';
import { readUpload, type Said, type Upload } from './read-upload.ts';

export interface UploadDeps extends MatchDeps {
  readonly ids: Ids;
}

/**
 * Takes a list (spec §3). A short one of ids is matched when this answers (`ready`, or `failed` with the reason), any other soon after
 * (`matching`); one that is `open` waits for more parts. Throws a validation error when nobody can be recognised in it.
 */
export async function createList(deps: UploadDeps, ctx: Ctx, upload: FileUpload, said: Said): Promise<List> {
  const read = readUpload(upload, said);
  const id = idOf(deps, ctx, 'list');
  const part = partOf(deps, ctx, read);
  await deps.files.writePart(id, part.id, read.rows);
  const now = new Date(ctx.now).toISOString();
  const list: List = {
    ...{ id, name: read.name ?? `${now.slice(0, 16).replace('T', ' ')} UTC`, kind: read.kind },
    recognisedBy: read.recognisedBy,
    state: 'open',
    parts: [part],
    ...{ createdAt: now, createdBy: ctx.actor, attempt: 0 },
  };
  const stored =
    (await deps.lists.create(read.open ? list : queued(list, ctx.now))) ?? (await madeBefore(deps, id, part));
  const done = await started(deps, ctx, stored);
  // Nothing is left of it: the same Idempotency-Key may come with what is mended.
  if (done.state === 'failed') await deps.lists.remove(done);
  return settled(done);
}

/** The same for the same Idempotency-Key: a repeat after a crash makes no second list. */
const idOf = ({ ids }: UploadDeps, { actor, idempotencyKey }: Ctx, ...what: readonly string[]): string =>
  idempotencyKey === undefined ? ids.random() : ids.derived(...what, actor, idempotencyKey);

/** What it says is part of its id: it tells a repeated upload from another one with the same key. */
const partOf = (deps: UploadDeps, ctx: Ctx, { rows }: Upload): Part => ({
  id: idOf(deps, ctx, 'part', JSON.stringify(rows)),
  rows: rows.length,
});

/** What the first upload with this Idempotency-Key made, which may be long ago. */
async function madeBefore(deps: UploadDeps, id: string, { id: first }: Part): Promise<StoredList> {
  const stored = await found(deps, id);
  if (stored.list.parts[0]?.id === first) return stored;
  throw new RepointError('unprocessable', 'This Idempotency-Key was already used with another body', {
    field: 'Idempotency-Key',
  });
}

/** Adds rows to a list that is open. Throws `conflict` when it is not. */
export async function addPart(
  deps: UploadDeps,
  ctx: Ctx,
  id: string,
  upload: FileUpload,
  said: Said,
): Promise<List> {
  const { list } = await found(deps, id);
  const read = readUpload(upload, said, list.kind);
  const part = partOf(deps, ctx, read);
  await deps.files.writePart(id, part.id, read.rows);
  return changed(deps, id, (current) =>
    current.parts.some((known) => known.id === part.id) ? current : withPart(current, part, read),
  );
}

function withPart(list: List, part: Part, { rows }: Upload): List {
  if (list.state !== 'open')
    throw conflict(`The list is ${list.state}: only an open one takes more parts; upload a new one`, 'id');
  const all = rowsOf(list) + rows.length;
  if (all > MOST_ROWS || list.parts.length >= MOST_PARTS)
    throw invalid([
      {
        field: '',
        message: `A list has at most ${MOST_ROWS} rows in ${MOST_PARTS} parts; with this part it has ${all} rows`,
      },
    ]);
  return { ...list, parts: [...list.parts, part] };
}

/** All parts have come: the list is matched. Closing it again changes nothing. */
export async function closeList(deps: UploadDeps, ctx: Ctx, id: string): Promise<List> {
  const list = await changed(deps, id, (current) =>
    current.state === 'open' ? queued(current, ctx.now) : current,
  );
  const stored = await found(deps, list.id);
  return settled(await started(deps, ctx, stored));
}

/** One that nobody works on gets another message, so whoever waits by asking does not wait for ever. */
export async function currentList(deps: UploadDeps, ctx: Ctx, id: string): Promise<List> {
  const stored = await found(deps, id);
  if (!isForgotten(stored.list, ctx.now)) return stored.list;
  const again = await deps.lists.replace(stored, queued(stored.list, ctx.now));
  if (again) await deps.queue.send({ id });
  return again?.list ?? stored.list;
}

/** Throws `not_found`. */
export async function found({ lists }: Pick<UploadDeps, 'lists'>, id: string): Promise<StoredList> {
  const stored = await lists.find(id);
  if (stored === undefined || stored.list.state === 'deleting')
    throw notFound(`There is no list "${id}"`, 'id');
  return stored;
}

async function started(deps: UploadDeps, ctx: Ctx, { list }: StoredList): Promise<List> {
  if (list.state !== 'matching') return list;
  if (list.kind === 'id' && rowsOf(list) <= MOST_AT_ONCE)
    return (await matchList(deps, ctx, { id: list.id })) ?? list;
  await deps.queue.send({ id: list.id });
  return list;
}

/** Told at once, what is wrong with a list is wrong with the request. */
function settled(list: List): List {
  if (list.state !== 'failed') return list;
  throw invalid([{ field: '', message: list.reason ?? 'The list could not be matched' }]);
}

async function changed(deps: UploadDeps, id: string, change: (list: List) => List): Promise<List> {
  for (;;) {
    const stored = await found(deps, id);
    const next = change(stored.list);
    if (next === stored.list) return next;
    const written = await deps.lists.replace(stored, next);
    if (written) return written.list;
  }
}

/** Whoever gets 202 asks again until the list is ready. */
export const listStatus = ({ state }: List, done = 201): number => (state === 'matching' ? 202 : done);
