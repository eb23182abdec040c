import {
  BadRequestException,
  GetAppCommand,
  GetChannelsCommand,
  ListTagsForResourceCommand,
  MethodNotAllowedException,
  NotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-pinpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, newApp, startEngine } from '../support/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

describe('tags', () => {
  it('are added, replaced and removed by the resource’s ARN', async () => {
    const ApplicationId = await newApp(engine.client);
    const app = await engine.client.send(new GetAppCommand({ ApplicationId }));
    const ResourceArn = app.ApplicationResponse?.Arn;
    const tag = (tags: Record<string, string>) =>
      engine.client.send(new TagResourceCommand({ ResourceArn, TagsModel: { tags } }));
    await tag({ a: '1', b: '2', 'c d': '3' });
    await tag({ b: '4' });
    await engine.client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a', 'c d'] }));
    const { TagsModel } = await engine.client.send(new ListTagsForResourceCommand({ ResourceArn }));
    expect(TagsModel).toEqual({ tags: { b: '4' } });
  });

  it('are refused for what is not there, and for a campaign that is', async () => {
    const list = (ResourceArn: string) => engine.client.send(new ListTagsForResourceCommand({ ResourceArn }));
    await expect(list('arn:aws:s3:::x')).rejects.toBeInstanceOf(BadRequestException);
    await expect(list('arn:aws:mobiletargeting:r:1:apps/none')).rejects.toBeInstanceOf(NotFoundException);
    const key = { pk: 'app#x', sk: 'campaign#c' };
    await engine.registry.create(key, { request: { tags: { a: '1' } } });
    const ResourceArn = 'arn:aws:mobiletargeting:r:1:apps/x/campaigns/c';
    expect((await list(ResourceArn)).TagsModel).toEqual({ tags: { a: '1' } });
    const tag = engine.client.send(new TagResourceCommand({ ResourceArn, TagsModel: { tags: { b: '2' } } }));
    await expect(tag).rejects.toBeInstanceOf(MethodNotAllowedException);
  });
});

describe('channels', () => {
  it('are those the engine sends on', async () => {
    const ApplicationId = await newApp(engine.client);
    const { ChannelsResponse } = await engine.client.send(new GetChannelsCommand({ ApplicationId }));
    expect(Object.keys(ChannelsResponse?.Channels ?? {})).toEqual(
      expect.arrayContaining(['EMAIL', 'GCM', 'APNS', 'SMS']),
    );
    expect(ChannelsResponse?.Channels?.['EMAIL']).toMatchObject({ ApplicationId, Enabled: true });
  });
});
