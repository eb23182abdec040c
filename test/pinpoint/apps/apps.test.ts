import {
  BadRequestException,
  ConflictException,
  CreateAppCommand,
  DeleteAppCommand,
  GetAppCommand,
  GetApplicationSettingsCommand,
  GetAppsCommand,
  GetEndpointCommand,
  NotFoundException,
  type PinpointClient,
  UpdateApplicationSettingsCommand,
  UpdateEndpointsBatchCommand,
  type WriteApplicationSettingsRequest,
} from '@aws-sdk/client-pinpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT } from '../support/client.ts';
import { type Engine, newApp, startEngine } from '../support/engine.ts';

let engine: Engine;
let client: PinpointClient;
beforeAll(async () => {
  engine = await startEngine();
  client = engine.client;
});
afterAll(() => engine.close());

const create = (Name: string, key: string) => {
  const command = new CreateAppCommand({ CreateApplicationRequest: { Name } });
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['Idempotency-Key'] = key;
      return next(args);
    },
    { step: 'build' },
  );
  return client.send(command);
};

describe('an application', () => {
  it('comes back as it was created, with an id and an ARN', async () => {
    const made = await client.send(
      new CreateAppCommand({ CreateApplicationRequest: { Name: '상점', tags: { team: 'crm' } } }),
    );
    expect(made.$metadata.httpStatusCode).toBe(201);
    const app = made.ApplicationResponse;
    expect(app?.Id).toMatch(/^[0-9a-f]{32}$/);
    expect(app).toMatchObject({
      Name: '상점',
      tags: { team: 'crm' },
      Arn: `arn:aws:mobiletargeting:ap-northeast-2:${ACCOUNT}:apps/${app?.Id}`,
    });
    const read = await client.send(new GetAppCommand({ ApplicationId: app?.Id }));
    expect(read.ApplicationResponse).toEqual(app);
  });

  it('is created once per Idempotency-Key, and the key is refused with another body', async () => {
    const first = await create('once', 'key-1');
    const [again, other] = await Promise.all([create('once', 'key-1'), create('once', 'key-2')]);
    expect(again.ApplicationResponse).toEqual(first.ApplicationResponse);
    expect(other.ApplicationResponse?.Id).not.toBe(first.ApplicationResponse?.Id);
    await expect(create('another', 'key-1')).rejects.toBeInstanceOf(ConflictException);
    const raced = await Promise.all(Array.from({ length: 5 }, () => create('raced', 'key-3')));
    expect(new Set(raced.map(({ ApplicationResponse }) => ApplicationResponse?.Id)).size).toBe(1);
  });

  it('is listed page by page, each once', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, (_, n) => newApp(client, `app ${n}`)));
    const seen: string[] = [];
    let Token: string | undefined;
    do {
      const page = await client.send(
        new GetAppsCommand({ PageSize: '2', ...(Token === undefined ? {} : { Token }) }),
      );
      seen.push(...(page.ApplicationsResponse?.Item ?? []).map(({ Id = '' }) => Id));
      Token = page.ApplicationsResponse?.NextToken;
    } while (Token !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(ids));
    await expect(client.send(new GetAppsCommand({ PageSize: '0' }))).rejects.toBeInstanceOf(
      BadRequestException,
    );
    await expect(client.send(new GetAppsCommand({ Token: 'x' }))).rejects.toThrow(/token/);
  });

  it('keeps its settings', async () => {
    const ApplicationId = await newApp(client);
    const settings = { Limits: { Daily: 3 }, QuietTime: { Start: '21:00', End: '08:00' } };
    await client.send(
      new UpdateApplicationSettingsCommand({ ApplicationId, WriteApplicationSettingsRequest: settings }),
    );
    const read = await client.send(new GetApplicationSettingsCommand({ ApplicationId }));
    expect(read.ApplicationSettingsResource).toMatchObject({ ApplicationId, ...settings });
  });

  it.each<[string, WriteApplicationSettingsRequest, RegExp]>([
    ['a cap over 100', { Limits: { Daily: 101 } }, /^Limits.Daily is 101; allowed/],
    ['a rate of 0', { Limits: { MessagesPerSecond: 0 } }, /^Limits.MessagesPerSecond is 0: a rate of 0/],
    ['half a quiet time', { QuietTime: { End: '08:00' } }, /^QuietTime.Start is missing; allowed: HH:MM/],
    [
      'a hook that is no function, and a journey limit that is none',
      { CampaignHook: { LambdaFunctionName: 'a b' }, JourneyLimits: { DailyCap: 1e300 } },
      /^CampaignHook.LambdaFunctionName is "a b"; .*JourneyLimits.DailyCap is 1e\+300; allowed/,
    ],
  ])('keeps its settings when new ones are refused for %s', async (_what, wrong, message) => {
    const ApplicationId = await newApp(client);
    const set = (WriteApplicationSettingsRequest: WriteApplicationSettingsRequest) =>
      client.send(new UpdateApplicationSettingsCommand({ ApplicationId, WriteApplicationSettingsRequest }));
    await set({ Limits: { Daily: 3 } });
    await expect(set(wrong)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringMatching(message),
    });
    const read = await client.send(new GetApplicationSettingsCommand({ ApplicationId }));
    expect(read.ApplicationSettingsResource?.Limits).toEqual({ Daily: 3 });
  });

  it('is gone after deletion, and what it had is erased', async () => {
    const [gone, stays] = [await newApp(client), await newApp(client)];
    const Item = Array.from({ length: 20 }, (_, n) => ({
      Id: `e${n}`,
      ChannelType: 'EMAIL' as const,
      Address: `${n}@example.com`,
      User: { UserId: `u${n}` },
    }));
    for (const ApplicationId of [gone, stays]) {
      await client.send(new UpdateEndpointsBatchCommand({ ApplicationId, EndpointBatchRequest: { Item } }));
    }
    await client.send(new DeleteAppCommand({ ApplicationId: gone }));
    for (const command of [
      new GetAppCommand({ ApplicationId: gone }),
      new DeleteAppCommand({ ApplicationId: gone }),
    ]) {
      await expect(client.send(command as GetAppCommand)).rejects.toBeInstanceOf(NotFoundException);
    }
    await engine.work();
    expect(engine.queued).toEqual([]);
    const ids = Item.map(({ Id }) => Id);
    expect((await engine.rowsOf(gone).endpoints(ids)).size).toBe(0);
    expect((await engine.rowsOf(gone).users(['u1', 'u2'])).size).toBe(0);
    expect((await engine.rowsOf(stays).endpoints(ids)).size).toBe(20);
    const endpoint = await client.send(new GetEndpointCommand({ ApplicationId: stays, EndpointId: 'e7' }));
    expect(endpoint.EndpointResponse?.Address).toBe('7@example.com');
  });
});
