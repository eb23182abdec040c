import { afterAll, beforeAll, describe } from 'vitest';
import { dynamoTemplates } from '../../../lambdas/campaigns/templates/template-store.aws.ts';
import { startCampaignsTable } from '../support/table.ts';
import { memoryTemplates } from './support/memory.ts';
import { templateStoreContract } from './template-store.contract.ts';

let dynamo: Awaited<ReturnType<typeof startCampaignsTable>>;
beforeAll(async () => {
  dynamo = await startCampaignsTable();
});
afterAll(() => dynamo.close());

describe('templates on DynamoDB', () =>
  templateStoreContract(() => dynamoTemplates(dynamo.table, dynamo.client)));
describe('templates in memory', () => {
  const store = memoryTemplates();
  templateStoreContract(() => store);
});
