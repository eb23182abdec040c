import { afterAll, beforeAll, describe } from 'vitest';
import { dynamoCampaigns } from '../../lambdas/campaigns/campaign-store.aws.ts';
import { dynamoDue, dynamoSends } from '../../lambdas/campaigns/sends/send-store.aws.ts';
import { dynamoVersions } from '../../lambdas/campaigns/sends/version-store.aws.ts';
import { campaignStoresContract } from './stores.contract.ts';
import { memoryTable } from './support/memory-table.ts';
import { startCampaignsTable } from './support/table.ts';

let dynamo: Awaited<ReturnType<typeof startCampaignsTable>>;
beforeAll(async () => {
  dynamo = await startCampaignsTable();
});
afterAll(() => dynamo.close());

describe('campaigns and sends on DynamoDB', () =>
  campaignStoresContract(() => ({
    campaigns: dynamoCampaigns(dynamo.table, dynamo.client),
    sends: dynamoSends(dynamo.table, dynamo.client),
    versions: dynamoVersions(dynamo.table, dynamo.client),
    due: dynamoDue(dynamo.table, dynamo.client),
  })));
describe('campaigns and sends in memory', () => campaignStoresContract(memoryTable));
