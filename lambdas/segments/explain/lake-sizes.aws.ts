import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { LakeSizes } from './ports.ts';

/** Folders of the view `events`: filed by the day they lie under, or by arrival, of which every one is looked at. */
const BY_DAY = ['events/filed=occurred/', 'events_compacted/filed=occurred/'];
/** Of the view `namings`: what is kept of closed days, and the events of the others. */
const NAMINGS = ['identity_turns/', 'events/filed=occurred/'];
const BY_ARRIVAL = ['events/filed=received/', 'events_compacted/filed=received/'];
/** Of a thousand files each: more take longer than somebody waits for an estimate. */
const MOST_PAGES = 60;

/** Sizes as S3 lists them, of the lake's bucket. */
export function s3LakeSizes(Bucket: string, client = new S3Client({})): LakeSizes {
  return {
    async ofDays({ from, to = END }, namedFrom) {
      const pages = { left: MOST_PAGES };
      let bytes = 0;
      const spans = [
        ...BY_DAY.map((Prefix) => daysUnder(Prefix, from, to)),
        ...(namedFrom === undefined ? [] : NAMINGS.map((Prefix) => daysUnder(Prefix, namedFrom, END))),
        ...BY_ARRIVAL.map((Prefix) => ({ Prefix, from: Prefix, to: `${Prefix}~` })),
      ];
      for (const span of spans) {
        const found = await sizeOf(client, Bucket, span, pages);
        if (found === undefined) return undefined;
        bytes += found;
      }
      return bytes;
    },
  };
}

const END = '9999-12-31';
const daysUnder = (Prefix: string, from: string, to: string) => ({
  Prefix,
  from: `${Prefix}day=${from}`,
  to: `${Prefix}day=${to}~`,
});

/** Keys are listed in their order, and days sort as they follow each other. */
async function sizeOf(
  client: S3Client,
  Bucket: string,
  { Prefix, from: StartAfter, to }: { Prefix: string; from: string; to: string },
  pages: { left: number },
): Promise<number | undefined> {
  let bytes = 0;
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix, StartAfter })) {
    if (pages.left-- <= 0) return undefined;
    for (const { Key = '', Size = 0 } of Contents) {
      if (Key > to) return bytes;
      bytes += Size;
    }
  }
  return bytes;
}
