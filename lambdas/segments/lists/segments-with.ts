import type { SegmentStore } from '../ports.ts';
import { namesList } from './delete-list.ts';

const PAGE = 100;

/** Names of the segments whose rule, as it is now, names the list. */
export async function segmentsWith(segments: Pick<SegmentStore, 'list'>, list: string): Promise<string[]> {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await segments.list(PAGE, after);
    found.push(...page.segments.filter(({ rule }) => namesList(rule, list)).map(({ name }) => name));
    after = page.after;
  } while (after !== undefined);
  return found;
}
