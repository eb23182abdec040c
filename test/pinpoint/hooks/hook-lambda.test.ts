import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT_SETTINGS } from '../../../lambdas/pinpoint/channels/settings.ts';
import { lambdaHook } from '../../../lambdas/pinpoint/hooks/hook.aws.ts';
import { HookError, hookEvent } from '../../../lambdas/pinpoint/hooks/hook.ts';
import { type LambdaApi, startLambdaApi } from '../../../local/aws/lambda-api/index.ts';

const FUNCTIONS: Readonly<
  Record<string, (event: unknown) => { payload: unknown; functionError?: 'Unhandled' }>
> = {
  echo: (event) => ({ payload: event }),
  silent: () => ({ payload: null }),
  broken: () => ({ payload: { errorMessage: 'no such grade' }, functionError: 'Unhandled' }),
};
let lambda: LambdaApi;
let calls = 0;
beforeAll(async () => {
  lambda = await startLambdaApi({
    invoke: async (name, event) => {
      calls += 1;
      return FUNCTIONS[name]?.(event);
    },
  });
});
afterAll(() => lambda.close());

const clientOf = (endpoint: string, requestHandler: object = CLIENT_SETTINGS.requestHandler) =>
  new LambdaClient({
    ...CLIENT_SETTINGS,
    requestHandler,
    endpoint,
    region: 'ap-northeast-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
const event = hookEvent(
  {
    applicationId: 'app-1',
    campaignId: 'campaign-1',
    treatmentId: '0',
    activityId: 'activity-1',
    scheduledTime: '2026-11-21T09:00:00.000Z',
    message: { SMSMessage: { Body: '안녕하세요' } },
  },
  new Map([['endpoint/1:회원', { ChannelType: 'SMS' }]]),
);

describe('a hook that is a function', () => {
  it('gets the event, by its name or ARN, and gives its answer', async () => {
    const hook = lambdaHook(clientOf(lambda.url));
    for (const name of ['echo', 'arn:aws:lambda:ap-northeast-2:000000000000:function:echo'])
      expect(await hook.filter(name, event)).toEqual(JSON.parse(JSON.stringify(event)));
    expect(await hook.filter('silent', event)).toBeNull();
  });

  it('fails with what it says of itself, tried once', async () => {
    const before = calls;
    const answer = lambdaHook(clientOf(lambda.url)).filter('broken', event);
    await expect(answer).rejects.toThrow(/no such grade/);
    await expect(answer).rejects.toBeInstanceOf(HookError);
    expect(calls - before).toBe(1);
  });

  it('fails when there is none', async () => {
    await expect(lambdaHook(clientOf(lambda.url)).filter('gone', event)).rejects.toThrow(
      /Function not found/,
    );
  });

  it('fails when the time is over', async () => {
    const never = createServer(() => undefined);
    await new Promise<void>((resolve) => never.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(never.address() as AddressInfo).port}`;
    const impatient = { ...CLIENT_SETTINGS.requestHandler, requestTimeout: 100 };
    await expect(lambdaHook(clientOf(url, impatient)).filter('echo', event)).rejects.toThrow(
      /requestTimeout/,
    );
    never.closeAllConnections();
    await new Promise((resolve) => void never.close(resolve));
  });
});
