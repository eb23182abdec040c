import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
it('writes no row that nests deeper than DynamoDB takes, 32', async () => {
  const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: dynamo.table }));
  expect(Items.length).toBeGreaterThan(10);
  expect(Math.max(...Items.map(depthOf))).toBeLessThanOrEqual(32);
});
describe('resolutions in memory', () => resolutionStoreContract(memoryResolutions));

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
