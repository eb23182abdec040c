import { busHandler } from '../shared/bus.ts';
import { documentClient } from '../shared/dynamodb.aws.ts';
import { readEnv } from '../shared/env.ts';
import { kinesisWriter } from '../shared/stream-writer.aws.ts';
import { dynamoEndpointReader } from './endpoints/endpoint-reader.aws.ts';
import { dynamoEndpointRows } from './endpoints/endpoint-rows.aws.ts';
import { endpointWriter } from './endpoints/operations.ts';
import { PINPOINT_ENV } from './env.ts';
import { type ProviderEvent, takeFeedback } from './feedback/take-feedback.ts';
import { streamLedger } from './ledger/ledger.ts';

const env = readEnv({ endpoints: PINPOINT_ENV.endpointsTable, ledger: PINPOINT_ENV.ledgerStream });
const client = documentClient();
const deps = {
  ledger: streamLedger(kinesisWriter(env.ledger)),
  endpoints: {
    ...dynamoEndpointReader(env.endpoints, client),
    ...endpointWriter(dynamoEndpointRows(env.endpoints, client)),
  },
};

export const handler = busHandler<ProviderEvent['detail']>((event) => takeFeedback(deps, event));
