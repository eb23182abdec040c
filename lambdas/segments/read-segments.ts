import { invalid, notFound } from '../shared/errors.ts';
import { bytesOf } from '../shared/utf8.ts';
import { suggestion } from '../shared/validation.ts';
import type { ResolutionStore, SegmentStore } from './ports.ts';
import type { Resolution } from './resolution.ts';
import { type ResolutionView, resolutionView } from './resolution-view.ts';
import { type Sentences, sentencesOf } from './rule/sentences/sentences.ts';
import { type Segment, segmentName } from './segment.ts';

/** How many past resolutions a segment is shown with. */
const SHOWN_RESOLUTIONS = 10;
const MAX_PAGE = 100;
/** Of an answer: Lambda takes 6 MB, and text is written once more around it. */
const MOST_BYTES = 4_000_000;

/** A segment as a caller sees it. */
export interface ToldSegment extends Segment {
  /** Its rule read aloud. */
  readonly sentences: Sentences;
}

export const toldSegment = (segment: Segment): ToldSegment => ({
  ...segment,
  sentences: sentencesOf(segment.rule),
});

export interface SegmentView extends ToldSegment {
  /** Newest first. */
  readonly resolutions: readonly ResolutionView[];
}

/** The segment with its last resolutions and their sizes (spec §3). Not found names the nearest existing names. */
export async function getSegment(
  deps: { segments: SegmentStore; resolutions: ResolutionStore },
  ctx: { readonly now: number },
  name: string,
): Promise<SegmentView> {
  const segment = await deps.segments.find(name.normalize('NFC'));
  if (!segment) throw await unknownSegment(deps.segments, name, 'name');
  const latest = await deps.resolutions.latest(segment.name, SHOWN_RESOLUTIONS);
  return { ...toldSegment(segment), resolutions: latest.map((one) => resolutionView(one, ctx.now)) };
}

/** A segment, and its current version's last finished resolution if it has one. Not found names the nearest existing names. */
export async function findSegment(
  deps: { segments: SegmentStore; resolutions: ResolutionStore },
  name: string,
  field: string,
): Promise<{ segment: Segment; lastReady: Resolution | undefined }> {
  const segment = await deps.segments.find(name);
  if (!segment) throw await unknownSegment(deps.segments, name, field);
  const latest = await deps.resolutions.latest(name, SHOWN_RESOLUTIONS);
  const lastReady = latest.find(({ state, version }) => state === 'ready' && version === segment.version);
  return { segment, lastReady };
}

/** Members whenever the segment was resolved before `before` (ISO 8601) as it is defined now, newest first; the last few. */
export async function lastSizes(
  deps: { segments: SegmentStore; resolutions: ResolutionStore },
  name: string,
  before: string,
): Promise<number[]> {
  const segment = await deps.segments.find(name);
  const latest = await deps.resolutions.latest(name, SHOWN_RESOLUTIONS);
  return latest.flatMap(({ state, version, size, requestedAt }) =>
    state === 'ready' && version === segment?.version && requestedAt < before && size !== undefined
      ? [size]
      : [],
  );
}

/** 404 that names the unknown segment and the nearest existing ones. */
export async function unknownSegment(segments: SegmentStore, name: string, field: string) {
  return notFound(`There is no segment "${name}"${suggestion(name, await segments.names())}`, field);
}

/** A page of segments in the order of their names, fewer where their rules are long; `after` is the last page's `next`. */
export async function listSegments(
  deps: { segments: SegmentStore },
  query: Readonly<Record<string, string>>,
): Promise<{ result: readonly ToldSegment[]; next: string | null }> {
  const limit = Number(query['limit'] ?? MAX_PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw invalid([
      {
        field: 'limit',
        message: `limit is "${query['limit']}"; allowed: a whole number from 1 to ${MAX_PAGE}`,
      },
    ]);
  }
  const after = query['after'] === undefined ? undefined : segmentName(query['after'], 'after');
  const page = await deps.segments.list(limit, after);
  const result = shortPage(page.segments);
  const isWhole = result.length === page.segments.length;
  return { result, next: (isWhole ? page.after : result.at(-1)?.name) ?? null };
}

/** As many as an answer may hold. A preset's sentences are twenty times as long as its name. */
function shortPage(segments: readonly Segment[]): ToldSegment[] {
  const told: ToldSegment[] = [];
  let bytes = 0;
  for (const segment of segments.map(toldSegment)) {
    bytes += bytesOf(JSON.stringify(segment));
    if (bytes > MOST_BYTES && told.length > 0) break;
    told.push(segment);
  }
  return told;
}
