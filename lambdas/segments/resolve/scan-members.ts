import { RepointError } from '../../shared/errors.ts';
import type { Bits, ListedMembers, ListStore, MemberScan } from '../ports.ts';
import type { Moment } from '../rule/dates.ts';
import type { PlainRule } from '../rule/plain.ts';
import { attributesOf, conditionsOf, listsOf } from './conditions.ts';
import { bitsOf, type Listed, type Row, rowJudge } from './judge-row.ts';

/** DynamoDB serves each part of a parallel scan on its own. */
const SCAN_PARTS = 4;
/** Held in memory per part before it is written, in characters. */
const PART_CHARS = 4 * 1024 * 1024;
/** On all lists of a rule: a million userIds of 12 characters take 55 MB, and some more while they are looked for. */
const MOST_LISTED = 3_000_000;

export interface ScanDeps {
  readonly members: MemberScan;
  readonly listed: ListedMembers;
  readonly lists: Pick<ListStore, 'writePart'>;
  readonly bits: Bits;
}

/** Told of each page that was read; a throw ends the scan. */
export type OnPage = (scanned: number) => Promise<void>;

/** What a scan read, and what it wrote of that. */
export interface Scanned {
  readonly scanned: number;
  readonly written: number;
}

/** A member as a line of a Pinpoint import (format JSON): all endpoints of the user. */
export const importLine = (userId: string): string => `${JSON.stringify({ User: { UserId: userId } })}\n`;

/** Reads all members and writes those whom the rule (of attributes and lists) holds of as an import list under `prefix`, but nobody of `without`. */
export async function listMembers(
  deps: ScanDeps,
  rule: PlainRule,
  moment: Moment,
  { prefix, without }: { readonly prefix: string; readonly without: ReadonlySet<string> },
  onPage: OnPage,
): Promise<Scanned> {
  const listed = await listedIn([rule], deps.listed);
  const judge = rowJudge(rule, moment, listed);
  return scan(deps.members, [rule], listed, onPage, {
    lineOf: (row) => (judge(row) && !without.has(row.userId) ? importLine(row.userId) : ''),
    write: (part, lines) => deps.lists.writePart(prefix, `${part}.json`, lines),
  });
}

/** Reads all members and writes a row of each, with what every one of the `rules` comes to, into a partition of `segment_bits`. */
export async function writeBits(
  deps: ScanDeps,
  rules: readonly PlainRule[],
  moment: Moment,
  partition: string,
  onPage: OnPage,
): Promise<Scanned> {
  const listed = await listedIn(rules, deps.listed);
  const judges = rules.map((rule) => rowJudge(rule, moment, listed));
  return scan(deps.members, rules, listed, onPage, {
    lineOf: (row) => `${JSON.stringify({ user_id: row.userId, bits: bitsOf(judges, row) })}\n`,
    write: (part, lines) => deps.bits.writePart(partition, part, lines),
  });
}

async function listedIn(rules: readonly PlainRule[], listed: ListedMembers): Promise<Listed> {
  const ids = listsOf(rules.flatMap(conditionsOf));
  const found = new Map<string, ReadonlySet<string>>();
  let people = 0;
  for (const id of ids) {
    const members = await listed.of(id);
    found.set(id, members);
    people += members.size;
    if (people <= MOST_LISTED) continue;
    const message = `The lists of a rule have at most ${MOST_LISTED} people together; those of this one have more`;
    throw new RepointError('unprocessable', message);
  }
  return found;
}

interface Writer {
  /** Empty: nothing is written of the row. */
  lineOf(row: Row): string;
  write(part: string, lines: string): Promise<void>;
}

async function scan(
  members: MemberScan,
  rules: readonly PlainRule[],
  listed: Listed,
  onPage: OnPage,
  writer: Writer,
): Promise<Scanned> {
  const attributes = attributesOf(rules.flatMap(conditionsOf));
  const sum = { scanned: 0, written: 0 };
  const unmet = new Set([...listed.values()].flatMap((ids) => [...ids]));
  const part = async (index: number): Promise<void> => {
    const file = partFile(index, writer);
    for await (const page of members.scan({ part: index, parts: SCAN_PARTS, attributes })) {
      for (const row of page) {
        unmet.delete(row.userId);
        const line = writer.lineOf(row);
        if (line !== '') sum.written++;
        file.add(line);
      }
      sum.scanned += page.length;
      await file.flushFull();
      await onPage(sum.scanned);
    }
    await file.flush();
  };
  await Promise.all(Array.from({ length: SCAN_PARTS }, (_, index) => part(index)));
  sum.written += await writeUnmet(unmet, partFile(SCAN_PARTS, writer), writer);
  return sum;
}

/** People on a list without a row: events have named them, and they have no attribute. Answers how many of them were written. */
async function writeUnmet(
  userIds: ReadonlySet<string>,
  file: ReturnType<typeof partFile>,
  { lineOf }: Writer,
): Promise<number> {
  let written = 0;
  for (const userId of userIds) {
    const line = lineOf({ userId, attributes: {} });
    if (line === '') continue;
    written++;
    file.add(line);
    await file.flushFull();
  }
  await file.flush();
  return written;
}

/** Lines of one part of the scan, written whenever enough have come together. */
function partFile(index: number, { write }: Writer) {
  let files = 0;
  let lines = '';
  const flush = async (): Promise<void> => {
    if (lines === '') return;
    const text = lines;
    lines = '';
    await write(`part-${index}-${String(files++).padStart(5, '0')}`, text);
  };
  return {
    add(line: string): void {
      lines += line;
    },
    flush,
    flushFull: async (): Promise<void> => {
      if (lines.length >= PART_CHARS) await flush();
    },
  };
}
