import { matchesAttribute } from './match-attribute.ts';
import type { ListStore, MemberScan } from './ports.ts';
import type { AttributeCondition } from './rule.ts';

/** DynamoDB serves each part of a parallel scan on its own. */
const SCAN_PARTS = 4;
/** Held in memory per part before it is written, in characters. */
const PART_CHARS = 4 * 1024 * 1024;

/** A member as a line of a Pinpoint import (format JSON): all endpoints of the user. */
export const importLine = (userId: string): string => `${JSON.stringify({ User: { UserId: userId } })}\n`;

/** Reads all members, writes those who meet the condition as an import list under `prefix`, and counts them. */
export async function resolveMembers(
  deps: { members: MemberScan; lists: ListStore },
  condition: AttributeCondition,
  prefix: string,
): Promise<number> {
  const parts = Array.from({ length: SCAN_PARTS }, (_, part) => part);
  const counts = await Promise.all(parts.map((part) => resolvePart(deps, condition, prefix, part)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function resolvePart(
  { members, lists }: { members: MemberScan; lists: ListStore },
  condition: AttributeCondition,
  prefix: string,
  part: number,
): Promise<number> {
  let count = 0;
  let files = 0;
  let lines = '';
  const flush = async () => {
    if (lines === '') return;
    await lists.writePart(prefix, `part-${part}-${String(files++).padStart(5, '0')}.json`, lines);
    lines = '';
  };
  for await (const page of members.scan(part, SCAN_PARTS)) {
    for (const { userId, attributes } of page) {
      if (!matchesAttribute(condition, own(attributes, condition.attribute))) continue;
      lines += importLine(userId);
      count++;
    }
    if (lines.length >= PART_CHARS) await flush();
  }
  await flush();
  return count;
}

/** An attribute called `constructor` is no attribute unless the member has it. */
const own = <Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
