import { afterAll, beforeAll, describe } from 'vitest';
import { dynamoResolutions } from '../../lambdas/segments/resolution-store.aws.ts';
import { dynamoSegments } from '../../lambdas/segments/segment-store.aws.ts';
import { resolutionStoreContract } from './resolution-store.contract.ts';
import { segmentStoreContract } from './segment-store.contract.ts';
import { startTable } from './support/table.ts';
import { memoryResolutions, memorySegments } from './support/worlds.ts';

let dynamo: Awaited<ReturnType<typeof startTable>>;
beforeAll(async () => {
  dynamo = await startTable();
});
afterAll(() => dynamo.close());

describe('segments on DynamoDB', () =>
  segmentStoreContract(() => dynamoSegments(dynamo.table, dynamo.client)));
describe('segments in memory', () => segmentStoreContract(memorySegments));
describe('resolutions on DynamoDB', () =>
  resolutionStoreContract(() => dynamoResolutions(dynamo.table, dynamo.client)));
describe('resolutions in memory', () => resolutionStoreContract(memoryResolutions));
