import { AthenaClient, ListWorkGroupsCommand } from '@aws-sdk/client-athena';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetAppsCommand, PinpointClient } from '@aws-sdk/client-pinpoint';
import { DescribePoolsCommand, PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { functionDefinition, type Surroundings } from '../../../local/runtime/functions/definition.ts';
import type { JsonObject } from '../../../local/runtime/template/template.ts';
import { type StandIns, sdkEndpoints } from '../../../local/stand-ins.ts';

/** Every stand-in at an address that says its name. */
const standIns = new Proxy(
  {},
  { get: (_, name) => ({ url: `http://127.0.0.1:4566/${String(name).toLowerCase()}` }) },
) as StandIns;

const surroundings: Surroundings = {
  region: 'ap-northeast-2',
  endpoints: sdkEndpoints(standIns),
  addresses: { KAKAO_PROVIDER_URL: 'http://127.0.0.1:4566/kakao/messages' },
  maxConcurrency: 2,
  assets: new Map([['abc.zip', '/code/abc']]),
};
const ARN = 'arn:aws:lambda:ap-northeast-2:000000000000:function:repoint-local-events-api';
const define = (change: JsonObject = {}) =>
  functionDefinition(
    {
      stack: 'App',
      logicalId: 'Fn',
      type: 'AWS::Lambda::Function',
      properties: {
        Code: { S3Bucket: 'assets', S3Key: 'abc.zip' },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Environment: { Variables: { EVENTS_STREAM: 'events' } },
        ...change,
      },
    },
    ARN,
    surroundings,
  );

describe('a function of the template', () => {
  test('finds the stand-in of a provider outside AWS, if it is told of that provider at all', () => {
    const told = (Variables: Record<string, string>) => define({ Environment: { Variables } }).environment;
    expect(told({ KAKAO_PROVIDER_URL: 'https://kakao.example.com/messages' })).toMatchObject({
      KAKAO_PROVIDER_URL: 'http://127.0.0.1:4566/kakao/messages',
    });
    expect(told({ EVENTS_STREAM: 'events' })).not.toHaveProperty('KAKAO_PROVIDER_URL');
  });

  test('has its code, its limits and its variables', () => {
    expect(define({ Timeout: 29, MemorySize: 512 })).toMatchObject({
      name: 'repoint-local-events-api',
      codeDir: '/code/abc',
      timeoutMs: 29_000,
      memoryMb: 512,
      environment: { EVENTS_STREAM: 'events', AWS_REGION: 'ap-northeast-2' },
    });
  });

  test('has no more workers than it reserves', () => {
    expect(define().concurrency).toBe(2);
    expect(define({ ReservedConcurrentExecutions: 1 }).concurrency).toBe(1);
  });

  test.each<[string, JsonObject]>([
    ['Layers', { Layers: ['x'] }],
    ['python3.13', { Runtime: 'python3.13' }],
    ['asset', { Code: { S3Key: 'nobody.zip' } }],
  ])('that cannot run here stops the system at start: %s', (word, change) => {
    expect(() => define(change)).toThrow(new RegExp(`App / Fn.*${word}`));
  });
});

/** A client whose requests go nowhere; they end as an error that holds the address they were meant for. */
const nowhere = {
  requestHandler: {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async ({ hostname, port, path }: { hostname: string; port?: number; path: string }) => {
      throw Object.assign(new Error('nowhere'), { address: `${hostname}:${port}${path}` });
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  },
  maxAttempts: 1,
};
interface Sender {
  send(command: never): Promise<unknown>;
}

describe('the SDK finds each stand-in by the variables a function gets', () => {
  const before = { ...process.env };
  beforeEach(() => Object.assign(process.env, define().environment));
  afterEach(() => {
    for (const key of Object.keys(process.env)) if (!(key in before)) delete process.env[key];
    Object.assign(process.env, before);
  });

  test.each<[string, () => Sender, object]>([
    ['dynamo', () => new DynamoDBClient(nowhere), new ListTablesCommand({})],
    ['sqs', () => new SQSClient(nowhere), new ListQueuesCommand({})],
    ['s3', () => new S3Client(nowhere), new ListBucketsCommand({})],
    ['kinesis', () => new KinesisClient(nowhere), new ListStreamsCommand({})],
    ['athena', () => new AthenaClient(nowhere), new ListWorkGroupsCommand({})],
    ['secrets', () => new SecretsManagerClient(nowhere), new ListSecretsCommand({})],
    ['sts', () => new STSClient(nowhere), new GetCallerIdentityCommand({})],
    ['lambdaapi', () => new LambdaClient(nowhere), new ListFunctionsCommand({})],
    ['outbox', () => new PinpointClient(nowhere), new GetAppsCommand({})],
    ['outbox', () => new SESv2Client(nowhere), new GetAccountCommand({})],
    ['outbox', () => new PinpointSMSVoiceV2Client(nowhere), new DescribePoolsCommand({})],
  ])('%s', async (name, client, command) => {
    await expect(client().send(command as never)).rejects.toMatchObject({
      address: expect.stringContaining(`127.0.0.1:4566/${name}`),
    });
  });
});
