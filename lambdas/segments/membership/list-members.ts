import type { Ctx } from '../../shared/context.ts';
import { invalid, notFound } from '../../shared/errors.ts';
import type { ListFiles } from '../list-files.aws.ts';
import type { ResolutionStore, SegmentStore } from '../ports.ts';
import { unknownSegment } from '../read-segments.ts';
import { isExpired, type Resolution } from '../resolution.ts';
import { linesOf, userIdOf } from './lines.ts';
import { type Place, placeText, readPlace } from './place.ts';

export interface ListMembersDeps {
  readonly segments: SegmentStore;
  readonly resolutions: Pick<ResolutionStore, 'latest' | 'get'>;
  readonly files: ListFiles;
}

export interface MembersPage {
  readonly result: readonly string[];
  readonly resolution: string;
  readonly asOf: string;
  readonly size: number;
  /** `after` of the next page. */
  readonly next: string | null;
}

const LOOKED_AT = 50;
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/**
 * Who is in a segment: userIds of its latest result whose list is still there, page by page of that same result. Not found
 * when there is none: `POST …/resolutions` makes one.
 */
export async function listMembers(
  deps: ListMembersDeps,
  ctx: Ctx,
  name: string,
  query: Readonly<Record<string, string>>,
): Promise<MembersPage> {
  const limit = limitOf(query['limit']);
  const after = query['after'] === undefined ? undefined : readPlace(query['after']);
  const segment = await deps.segments.find(name.normalize('NFC'));
  if (!segment) throw await unknownSegment(deps.segments, name, 'name');
  const resolution = await resultOf(deps, ctx, segment.name, after);
  const start = after ?? { resolution: resolution.id, file: 0, line: 0 };
  const { userIds, next } = await pageOf(deps.files, resolution.listUrl ?? '', start, limit);
  const { id, requestedAt, size = 0 } = resolution;
  return { result: userIds, resolution: id, asOf: requestedAt, size, next: next ? placeText(next) : null };
}

function limitOf(text: string | undefined): number {
  const limit = Number(text ?? DEFAULT_LIMIT);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  const message = `limit is "${text}"; allowed: a whole number from 1 to ${MAX_LIMIT}`;
  throw invalid([{ field: 'limit', message }]);
}

async function resultOf(
  { resolutions }: ListMembersDeps,
  { now }: Ctx,
  name: string,
  after: Place | undefined,
): Promise<Resolution> {
  const isThere = (one: Resolution) => one.state === 'ready' && !isExpired(one, now);
  if (after === undefined) {
    const found = (await resolutions.latest(name, LOOKED_AT)).find(isThere);
    if (found) return found;
    const ask = `POST /v1/segments/${name}/resolutions finds it out`;
    throw notFound(`Nobody knows who is in segment "${name}" now; ${ask}`, 'name');
  }
  const found = (await resolutions.get(name, after.resolution))?.resolution;
  if (found && isThere(found)) return found;
  throw notFound(`The list that this page belongs to has expired; begin again without after`, 'after');
}

/** Files in the order of their names, lines in theirs: the same place is the same member for as long as the list is there. */
async function pageOf(
  lists: ListFiles,
  url: string,
  start: Place,
  limit: number,
): Promise<{ userIds: readonly string[]; next: Place | undefined }> {
  const files = [...(await lists.files(url))].sort();
  const userIds: string[] = [];
  for (let file = start.file; file < files.length; file++) {
    let line = 0;
    const skipped = file === start.file ? start.line : 0;
    for await (const text of linesOf(lists.read(files[file] as string))) {
      if (line++ < skipped) continue;
      if (userIds.length === limit)
        return { userIds, next: { resolution: start.resolution, file, line: line - 1 } };
      userIds.push(userIdOf(text));
    }
  }
  return { userIds, next: undefined };
}
