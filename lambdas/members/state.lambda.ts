import type { EventRow } from '../events/index.ts';
import { readEnv } from '../shared/env.ts';
import { streamHandler } from '../shared/stream.ts';
import { MEMBERS_ENV, STATE_ENV } from './env.ts';
import { dynamoStates } from './state/state-store.aws.ts';
import { updateStates } from './state/update-states.ts';

const env = readEnv({ stateTable: MEMBERS_ENV.stateTable, ...STATE_ENV });
const deps = { states: dynamoStates(env.stateTable), ownHosts: JSON.parse(env.ownHosts) as string[] };

export const handler = streamHandler<EventRow>((rows, bad, ctx) => updateStates(deps, ctx, rows, bad));
