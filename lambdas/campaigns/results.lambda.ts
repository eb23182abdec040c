import { SEGMENTS_ENV } from '../segments/index.ts';
import { readEnv } from '../shared/env.ts';
import { get, httpHandler } from '../shared/http.ts';
import { athenaQueries } from '../shared/queries.aws.ts';
import { wallTime } from '../shared/wall-time.aws.ts';
import { dynamoCampaigns } from './campaign-store.aws.ts';
import { CAMPAIGNS_ENV } from './env.ts';
import { dynamoSends } from './sends/send-store.aws.ts';
import { dynamoVersions } from './sends/version-store.aws.ts';
import { getResults } from './variants/get-results.ts';
import { athenaVariantResults } from './variants/variant-results.aws.ts';

const env = readEnv({
  table: CAMPAIGNS_ENV.table,
  workgroup: SEGMENTS_ENV.athenaWorkgroup,
  database: SEGMENTS_ENV.database,
});
const deps = {
  campaigns: dynamoCampaigns(env.table),
  sends: dynamoSends(env.table),
  versions: dynamoVersions(env.table),
  results: athenaVariantResults({
    queries: athenaQueries(env),
    time: wallTime,
  }),
};

export const handler = httpHandler({
  'GET /campaigns/{id}/results': get(async ({ path, query }) => ({
    status: 200,
    body: { result: await getResults(deps, path['id'] ?? '', query) },
  })),
});
