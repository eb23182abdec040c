import type { Ctx } from '../../shared/context.ts';
import type { StreamWriter } from '../../shared/stream-writer.ts';
import { belongingOf, isTheirs } from '../compaction/erased.ts';
import type { Erasures } from '../compaction/ports.ts';
import { Lanes } from '../lanes.ts';
import { dayOf } from '../time.ts';
import { keepPoison, type PoisonDeps, type PoisonLine } from './poison.ts';
import type { ErrorFiles } from './ports.ts';
import { isRecord } from './quarantined-event.ts';
import type { Replayed } from './replay-quarantine.ts';
import { isEventRow, parsed, refiled } from './row-line.ts';
import type { Span } from './span.ts';

export interface ErrorsDeps extends PoisonDeps {
  readonly errors: ErrorFiles;
  readonly stream: StreamWriter;
  /** Whose events are not brought back. */
  readonly erasures: Erasures;
}

/** Pieces of 4 MiB read in one call. */
const MAX_PIECES = 4;

/**
 * Puts lines that Firehose could not file into the stream again (docs/runbook.md, "lake-errors"), of files whose UTC
 * day lies within the span. A line is filed as arriving now and an event_id counts once, so that a call that died
 * may be repeated. What is no row at all goes to quarantine. A file goes once all of it was read.
 */
export async function replayErrors(
  deps: ErrorsDeps,
  ctx: Ctx,
  span: Span,
  position: string | undefined,
): Promise<Replayed> {
  let [replayed, pieces] = [0, 0];
  for await (const file of filesOf(deps.errors, span, position)) {
    let from: number | undefined = file.from;
    while (from !== undefined) {
      if (pieces++ >= MAX_PIECES) return done(replayed, `${from} ${file.key}`);
      const piece = await deps.errors.read(file.key, from);
      replayed += await refile(deps, ctx, piece?.lines ?? []);
      from = piece?.next;
    }
    await deps.errors.remove(file.key);
  }
  return done(replayed, undefined);
}

const done = (replayed: number, position: string | undefined): Replayed => ({
  replayed,
  quarantined: [],
  notFound: [],
  position,
});

interface Unfinished {
  readonly key: string;
  /** Where to read on, in bytes. */
  readonly from: number;
}

/** Files of the span in their order, from the position on: `<bytes> <key>`. */
async function* filesOf(
  errors: ErrorFiles,
  span: Span,
  position: string | undefined,
): AsyncGenerator<Unfinished> {
  let after = '';
  if (position !== undefined) {
    const space = position.indexOf(' ');
    after = position.slice(space + 1);
    yield { key: after, from: Number(position.slice(0, space)) };
  }
  for (let more = true; more; ) {
    const page = await errors.list(after);
    for (const key of page.keys) if (isWithin(span, key)) yield { key, from: 0 };
    after = page.keys.at(-1) ?? '';
    more = page.more && after !== '';
  }
}

/** Firehose names only the day: `errors/events/<kind>/<YYYY-MM-DD>/<file>`. */
function isWithin({ fromMs, toMs }: Span, key: string): boolean {
  const day = dayOf(Date.parse(`${key.split('/')[3]}T00:00:00Z`));
  return day >= dayOf(fromMs) && day <= dayOf(toMs);
}

async function refile(deps: ErrorsDeps, ctx: Ctx, lines: readonly string[]): Promise<number> {
  const lanes = new Lanes();
  const poison: PoisonLine[] = [];
  let rows = 0;
  const people = await deps.erasures.erased();
  for (const line of lines.flatMap(rawLines)) {
    const row = parsed(line);
    if (isEventRow(row)) {
      if (isTheirs(people, belongingOf(row))) continue;
      lanes.add(refiled(row, ctx.now));
      rows += 1;
    } else
      poison.push({ line, reason: 'Firehose could not file this line: it is no row', receivedMs: ctx.now });
  }
  const records = lanes.records();
  if (records.length > 0) await deps.stream.write(records);
  await keepPoison(deps, ctx, poison, 'firehose');
  return rows;
}

/** A record as it was sent may hold many lines; an error line without any is kept as it stands. */
function rawLines(errorLine: string): string[] {
  const error = parsed(errorLine);
  const raw = isRecord(error) ? error['rawData'] : undefined;
  if (typeof raw !== 'string') return [errorLine];
  return Buffer.from(raw, 'base64')
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}
