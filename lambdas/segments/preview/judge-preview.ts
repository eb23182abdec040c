import type { MemberProfiles } from '../../members/index.ts';
import { inParallel } from '../../shared/parallel.ts';
import type { ListFiles } from '../list-files.aws.ts';
import type { LiveAddresses, PreviewReports } from './ports.ts';
import { reachOf } from './reach.ts';
import { readList } from './read-list.ts';

/** Each takes a call to the engine: more would take longer than somebody waits for. Up to so many nothing is extrapolated. */
export const JUDGED = 2000;
const SHOWN = 10;
const CALLS_IN_FLIGHT = 32;

export interface JudgeDeps {
  readonly files: ListFiles;
  readonly profiles: MemberProfiles;
  readonly addresses: LiveAddresses;
  readonly reports: PreviewReports;
}

/**
 * Judges who on a list can really be reached, and keeps what it found. Of a list of more than 2,000 members those are judged
 * whom `id` draws: the same for the same list, so that a preview can be repeated.
 */
export async function judgePreview(deps: JudgeDeps, id: string, listUrl: string): Promise<void> {
  const { members: count, sample } = await readList(deps.files, listUrl, id, JUDGED);
  const [profiles, channels] = await Promise.all([
    deps.profiles.batch(sample, { attributes: false }),
    inParallel(sample, CALLS_IN_FLIGHT, (userId) => deps.addresses.of(userId)),
  ]);
  const reach = reachOf(
    sample.map((userId, index) => ({
      consents: profiles.get(userId)?.consents,
      channels: channels[index] ?? new Set(),
    })),
  );
  await deps.reports.put(id, { count, judged: sample.length, reach, sample: sample.slice(0, SHOWN) });
}
