import { inParallel } from '../../shared/parallel.ts';
import type { ListFiles } from '../list-files.aws.ts';
import { userIdOf } from '../membership/lines.ts';
import { LineSample } from './sample.ts';

/** Judging more would tell a share to half a point at best, for twice the reads. */
export const SAMPLE_SIZE = 5000;
const FILES_IN_FLIGHT = 4;

export interface SampledList {
  /** Members in the list. */
  readonly members: number;
  /** Their ids: all while there are no more than `size`, else a uniform random sample of so many. */
  readonly sample: readonly string[];
}

/** Counts a list and draws its sample, which is the same for the same `seed`. */
export async function readList(
  lists: ListFiles,
  url: string,
  seed: string,
  size = SAMPLE_SIZE,
): Promise<SampledList> {
  const lines = new LineSample(size, seed);
  await inParallel(await lists.files(url), FILES_IN_FLIGHT, async (file) => {
    const reader = lines.reader();
    for await (const piece of lists.read(file)) reader.add(piece);
    reader.end();
  });
  return { members: lines.lines, sample: lines.sample.map(userIdOf) };
}
