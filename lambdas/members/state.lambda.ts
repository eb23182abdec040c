import { isEventRow, QUARANTINE_ENV, s3QuarantineKeeper } from '../events/index.ts';
import { readEnv } from '../shared/env.ts';
import { cryptoIds } from '../shared/ids.ts';
import { streamHandler } from '../shared/stream.ts';
import { MEMBERS_ENV, STATE_ENV } from './env.ts';
import { dynamoStates } from './state/state-store.aws.ts';
import { updateStates } from './state/update-states.ts';

const { stateTable } = MEMBERS_ENV;
const env = readEnv({ stateTable, ...STATE_ENV, ...QUARANTINE_ENV });
const deps = {
  states: dynamoStates(env.stateTable),
  ownHosts: JSON.parse(env.ownHosts) as string[],
  quarantine: s3QuarantineKeeper(env.lakeBucket),
  ids: cryptoIds,
};

export const handler = streamHandler((rows, bad, ctx) => updateStates(deps, ctx, rows, bad), isEventRow);
