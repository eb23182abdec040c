import { createHash } from 'node:crypto';

/** Pinpoint's CohortId: one of a hundred, evenly spread. Ours is the same whenever the endpoint is made again. */
export const cohortOf =
  (appId: string) =>
  (endpointId: string): string =>
    String(createHash('sha256').update(`${appId}\0${endpointId}`).digest().readUInt32BE(0) % 100);
