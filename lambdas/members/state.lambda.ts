import { isEventRow, QUARANTINE_ENV, s3QuarantineKeeper } from '../events/index.ts';
import { readEnv } from '../shared/env.ts';
import { cryptoIds } from '../shared/ids.ts';
import { streamHandler } from '../shared/stream.ts';
import { ERASURES_ENV, MEMBERS_ENV, STATE_ENV } from './env.ts';
import { dynamoErasedPeople } from './erasure/erasure-store.aws.ts';
import { remembered } from './erasure/remembered.ts';
import { dynamoStates } from './state/state-store.aws.ts';
import { updateStates } from './state/update-states.ts';

const { stateTable } = MEMBERS_ENV;
const env = readEnv({ stateTable, ...STATE_ENV, ...QUARANTINE_ENV, ...ERASURES_ENV });
/** Half of what an erasure waits before it removes states (erase-from-tables.ts). */
const KNOWN_FOR_MS = 60_000;
const people = dynamoErasedPeople(env.erasuresTable);
const deps = {
  states: dynamoStates(env.stateTable),
  ownHosts: JSON.parse(env.ownHosts) as string[],
  quarantine: s3QuarantineKeeper(env.lakeBucket),
  ids: cryptoIds,
  erased: remembered(() => people.erased(), KNOWN_FOR_MS),
};

export const handler = streamHandler((rows, bad, ctx) => updateStates(deps, ctx, rows, bad), isEventRow);
