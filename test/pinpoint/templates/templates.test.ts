import {
  CreateEmailTemplateCommand,
  CreatePushTemplateCommand,
  CreateSmsTemplateCommand,
  DeleteEmailTemplateCommand,
  DeletePushTemplateCommand,
  type EmailTemplateRequest,
  GetEmailTemplateCommand,
  GetPushTemplateCommand,
  GetSmsTemplateCommand,
  ListTagsForResourceCommand,
  ListTemplatesCommand,
  ListTemplateVersionsCommand,
  TagResourceCommand,
  UpdateEmailTemplateCommand,
  UpdatePushTemplateCommand,
  UpdateSmsTemplateCommand,
  UpdateTemplateActiveVersionCommand,
} from '@aws-sdk/client-pinpoint';
import { beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../campaigns/support/world.ts';
import { raw } from '../support/client.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});

const NEWS: EmailTemplateRequest = {
  Subject: '{{capitalize User.UserAttributes.name}}님께',
  HtmlPart: '<p>{{User.UserAttributes.name}}</p>',
  TextPart: '{{User.UserAttributes.name}}',
  DefaultSubstitutions: '{"User.UserAttributes.name":"고객"}',
  TemplateDescription: 'news',
  Headers: [{ Name: 'List-Unsubscribe', Value: '<https://example.com/{{User.UserId}}>' }],
};

const create = (TemplateName: string, request: EmailTemplateRequest = NEWS) =>
  world.client.send(new CreateEmailTemplateCommand({ TemplateName, EmailTemplateRequest: request }));
const get = async (TemplateName: string, Version?: string) =>
  (await world.client.send(new GetEmailTemplateCommand({ TemplateName, Version }))).EmailTemplateResponse;
const update = (
  TemplateName: string,
  Subject: string,
  more: { CreateNewVersion?: boolean; Version?: string } = {},
) =>
  world.client.send(
    new UpdateEmailTemplateCommand({ TemplateName, EmailTemplateRequest: { ...NEWS, Subject }, ...more }),
  );
const activate = (TemplateName: string, Version?: string) =>
  world.client.send(
    new UpdateTemplateActiveVersionCommand({
      TemplateName,
      TemplateType: 'EMAIL',
      TemplateActiveVersionRequest: { Version },
    }),
  );
const remove = (TemplateName: string, Version?: string) =>
  world.client.send(new DeleteEmailTemplateCommand({ TemplateName, Version }));
const versions = async (TemplateName: string) => {
  const command = new ListTemplateVersionsCommand({ TemplateName, TemplateType: 'EMAIL' });
  return (await world.client.send(command)).TemplateVersionsResponse?.Item?.map(({ Version }) => Version);
};

describe('a template', () => {
  it('is version 1, active, when it is made, and says what it was given', async () => {
    const { CreateTemplateMessageBody: made } = await create('news', { ...NEWS, tags: { team: 'crm' } });
    expect(made).toMatchObject({
      Arn: 'arn:aws:mobiletargeting:ap-northeast-2:123456789012:templates/news/EMAIL',
      RequestID: expect.any(String),
    });
    expect(await get('news')).toMatchObject({
      ...NEWS,
      ...{ Arn: made?.Arn, TemplateName: 'news', TemplateType: 'EMAIL', Version: '1', tags: { team: 'crm' } },
    });
  });

  it('answers 201 when it is made, 202 when it is changed or removed, 200 when it is read', async () => {
    const body = JSON.stringify({ Body: 'hi' });
    const statuses: number[] = [];
    for (const method of ['POST', 'GET', 'PUT', 'DELETE']) {
      const given = method === 'POST' || method === 'PUT' ? body : undefined;
      statuses.push((await raw(world.handler, method, '/v1/templates/a/sms', given)).statusCode);
    }
    expect(statuses).toEqual([201, 200, 202, 202]);
  });

  it('is one of its name and type: another is refused, and leaves nothing behind', async () => {
    await create('news');
    await expect(create('news', { Subject: 'other' })).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining('There is already a template news of type EMAIL'),
    });
    await world.client.send(
      new CreateSmsTemplateCommand({ TemplateName: 'news', SMSTemplateRequest: { Body: 'b' } }),
    );
    expect((await get('news'))?.Subject).toBe(NEWS.Subject);
    expect(world.contents.keys()).toHaveLength(2);
  });

  it('is made once, however many make it at once', async () => {
    const made = await Promise.allSettled(['a', 'b', 'c'].map((Subject) => create('news', { Subject })));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = ['a', 'b', 'c'][made.findIndex(({ status }) => status === 'fulfilled')];
    expect((await get('news'))?.Subject).toBe(winner);
  });

  it.each([
    ['SMS', { Body: '{{upper User.UserId}}', DefaultSubstitutions: '{"User.UserId":"you"}' }],
    [
      'PUSH',
      {
        Default: { Title: 't', Body: 'b', Action: 'DEEP_LINK', Url: 'app://x', Sound: 'ping' },
        GCM: { Body: 'g', ImageUrl: 'https://example.com/a.png', SmallImageIconUrl: 'icon' },
        APNS: { Body: 'a', MediaUrl: 'https://example.com/a.png' },
      },
    ],
  ] as const)('of type %s keeps all it was given', async (type, request) => {
    const named = { TemplateName: 'x' };
    if (type === 'SMS') {
      await world.client.send(new CreateSmsTemplateCommand({ ...named, SMSTemplateRequest: request }));
      await world.client.send(new UpdateSmsTemplateCommand({ ...named, SMSTemplateRequest: request }));
      const { SMSTemplateResponse } = await world.client.send(new GetSmsTemplateCommand(named));
      expect(SMSTemplateResponse).toMatchObject({ ...request, TemplateType: 'SMS', Version: '1' });
    } else {
      const given = { ...named, PushNotificationTemplateRequest: request };
      await world.client.send(new CreatePushTemplateCommand(given));
      await world.client.send(new UpdatePushTemplateCommand(given));
      const { PushNotificationTemplateResponse } = await world.client.send(new GetPushTemplateCommand(named));
      expect(PushNotificationTemplateResponse).toMatchObject({
        ...request,
        TemplateType: 'PUSH',
        Version: '1',
      });
      await world.client.send(new DeletePushTemplateCommand(named));
      await expect(world.client.send(new GetPushTemplateCommand(named))).rejects.toMatchObject({
        name: 'NotFoundException',
      });
    }
  });

  it('of 600,000 Korean characters is kept whole', async () => {
    const HtmlPart = '가'.repeat(599_000);
    await create('long', { Subject: '제목', HtmlPart });
    expect((await get('long'))?.HtmlPart).toBe(HtmlPart);
  });
});

describe('a template is refused, naming the member', () => {
  it.each([
    [{ HtmlPart: '{{uper User.UserId}}' }, /HtmlPart: there is no helper uper/],
    [{ Subject: '{{#if Address}}' }, /Subject: Parse error/],
    [{ TextPart: '{{> nobody}}' }, /TextPart: the partial nobody is not there/],
    [{ DefaultSubstitutions: '{' }, /DefaultSubstitutions: is no JSON/],
    [{ DefaultSubstitutions: '{"User.UserId":{}}' }, /DefaultSubstitutions: User.UserId is \{\}/],
    [{ RecommenderId: 'r' }, /RecommenderId is not there yet/],
    [{ Headers: [{ Name: 'No Space', Value: 'v' }] }, /Headers\[0\].Name is "No Space"/],
    [{ Headers: [{ Name: 'X-A', Value: '{{nosuch Id}}' }] }, /Headers\[0\].Value: there is no helper nosuch/],
    [
      { Subject: '{{uper Id}}', TextPart: '{{add 1}}' },
      /Subject: .*; TextPart: the helper add takes two values/,
    ],
  ] as const)('%j', async (request, problem) => {
    await expect(create('a', request as EmailTemplateRequest)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringMatching(problem),
    });
    await expect(get('a')).rejects.toMatchObject({ name: 'NotFoundException' });
    expect(world.contents.keys()).toEqual([]);
  });

  it.each([
    [{ GCM: { RawContent: '{}' } }, /GCM.RawContent is not there yet/],
    [{ ADM: { Body: 'x' } }, /ADM is not there yet/],
    [{ Default: { Url: '{{now tz=Mars}}' } }, /Default.Url: .*"Mars" is not a time zone/],
  ])('push: %j', async (PushNotificationTemplateRequest, problem) => {
    const command = new CreatePushTemplateCommand({ TemplateName: 'p', PushNotificationTemplateRequest });
    await expect(world.client.send(command)).rejects.toThrow(problem);
  });

  it('when it is longer than its type may be', async () => {
    await expect(create('e', { Subject: 'x', HtmlPart: 'x'.repeat(600_000) })).rejects.toThrow(
      /The template has 600001 characters; at most 600000 are allowed/,
    );
    const SMSTemplateRequest = { Body: 'x'.repeat(1_601) };
    const sms = new CreateSmsTemplateCommand({ TemplateName: 's', SMSTemplateRequest });
    await expect(world.client.send(sms)).rejects.toThrow(/Body has 1601 characters; at most 1600/);
    const PushNotificationTemplateRequest = { APNS: { Body: 'x'.repeat(4_001) } };
    const push = new CreatePushTemplateCommand({ TemplateName: 'p', PushNotificationTemplateRequest });
    await expect(world.client.send(push)).rejects.toThrow(/APNS has 4001 characters; at most 4000/);
  });

  it.each(['-a', 'a b', 'ä', 'x'.repeat(129), 'a#b'])('by its name: %s', async (name) => {
    await expect(create(name)).rejects.toThrow(/template-name is .*expected 1 to 128 letters/);
  });
});

describe('versions', () => {
  it('an update replaces what the latest version says, all of it', async () => {
    await create('news');
    await world.client.send(
      new UpdateEmailTemplateCommand({
        TemplateName: 'news',
        EmailTemplateRequest: { Subject: 'only this' },
      }),
    );
    const read = await get('news');
    expect(read).toMatchObject({ Subject: 'only this', Version: '1' });
    expect(read?.HtmlPart).toBeUndefined();
    expect(world.contents.keys()).toHaveLength(1);
  });

  it('a new version is there beside the others, and active when somebody makes it so', async () => {
    await create('news');
    await update('news', 'two', { CreateNewVersion: true });
    await update('news', 'three', { CreateNewVersion: true });
    expect(await versions('news')).toEqual(['3', '2', '1']);
    expect(await get('news')).toMatchObject({ Version: '1', Subject: NEWS.Subject });
    expect(await get('news', 'latest')).toMatchObject({ Version: '3', Subject: 'three' });
    await activate('news', '2');
    expect(await get('news')).toMatchObject({ Version: '2', Subject: 'two' });
    await activate('news', 'latest');
    expect(await get('news')).toMatchObject({ Version: '3', Subject: 'three' });
    await update('news', 'three again');
    expect(await get('news')).toMatchObject({ Version: '3', Subject: 'three again' });
    expect(await get('news', '2')).toMatchObject({ Subject: 'two' });
  });

  it('an update may name the latest version, and no other', async () => {
    await create('news');
    await update('news', 'two', { CreateNewVersion: true });
    await expect(update('news', 'x', { Version: '1' })).rejects.toThrow(
      /version is "1"; only the latest version .* can be updated, which is 2/,
    );
    await update('news', 'two again', { Version: '2' });
    expect((await get('news', '2'))?.Subject).toBe('two again');
    await expect(update('news', 'x', { Version: '2', CreateNewVersion: true })).rejects.toThrow(
      /version cannot be given together with create-new-version=true/,
    );
  });

  it('that are made at once are all there, each with its own words', async () => {
    await create('news');
    const subjects = ['a', 'b', 'c'];
    await Promise.all(subjects.map((subject) => update('news', subject, { CreateNewVersion: true })));
    const found = await Promise.all(
      ['2', '3', '4'].map(async (version) => (await get('news', version))?.Subject),
    );
    expect(found.sort()).toEqual(subjects);
    expect((await get('news', '1'))?.Subject).toBe(NEWS.Subject);
  });

  it('that do not exist are not found, by whatever name', async () => {
    await create('news');
    await expect(get('news', '2')).rejects.toMatchObject({ name: 'NotFoundException' });
    await expect(activate('news', '7')).rejects.toMatchObject({ name: 'NotFoundException' });
    await expect(get('news', 'two')).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(activate('news')).rejects.toThrow(/Version is missing/);
    await expect(update('nobody', 'x')).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it('are removed one by one, but for the active one, and their numbers are not given again', async () => {
    await create('news');
    for (const subject of ['two', 'three', 'four']) await update('news', subject, { CreateNewVersion: true });
    await expect(remove('news', '1')).rejects.toThrow(/Version 1 is the active version/);
    await remove('news', '2');
    await remove('news', '4');
    expect(await versions('news')).toEqual(['3', '1']);
    await expect(get('news', '4')).rejects.toMatchObject({ name: 'NotFoundException' });
    await update('news', 'three again');
    await update('news', 'five', { CreateNewVersion: true });
    expect(await versions('news')).toEqual(['5', '3', '1']);
    expect((await get('news', '3'))?.Subject).toBe('three again');
  });

  it('go all with their template, and a new one of its name begins anew', async () => {
    await create('news');
    await update('news', 'two', { CreateNewVersion: true });
    await remove('news');
    await expect(get('news')).rejects.toMatchObject({ name: 'NotFoundException' });
    expect(world.contents.keys()).toEqual([]);
    await create('news', { Subject: 'anew' });
    expect(await versions('news')).toEqual(['1']);
    await update('news', 'second', { CreateNewVersion: true });
    expect((await get('news', '1'))?.Subject).toBe('anew');
    await remove('news', '2');
    await remove('news', '1');
    await expect(get('news')).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

describe('lists', () => {
  const list = async (input: { Prefix?: string; TemplateType?: string; PageSize?: string } = {}) => {
    const pages: string[][] = [];
    let NextToken: string | undefined;
    do {
      const { TemplatesResponse } = await world.client.send(
        new ListTemplatesCommand({ ...input, NextToken }),
      );
      pages.push(
        (TemplatesResponse?.Item ?? []).map(
          ({ TemplateName, TemplateType }) => `${TemplateName} ${TemplateType}`,
        ),
      );
      NextToken = TemplatesResponse?.NextToken;
    } while (NextToken);
    return pages;
  };

  it('find templates by the beginning of their names and by type, page by page', async () => {
    for (const name of ['news-b', 'news-a', 'other', 'news-c']) await create(name);
    await world.client.send(
      new CreateSmsTemplateCommand({ TemplateName: 'news-a', SMSTemplateRequest: { Body: 'b' } }),
    );
    expect(await list()).toEqual([
      ['news-a EMAIL', 'news-a SMS', 'news-b EMAIL', 'news-c EMAIL', 'other EMAIL'],
    ]);
    expect((await list({ Prefix: 'news-', TemplateType: 'EMAIL', PageSize: '2' })).flat()).toEqual([
      'news-a EMAIL',
      'news-b EMAIL',
      'news-c EMAIL',
    ]);
    expect((await list({ TemplateType: 'sms' })).flat()).toEqual(['news-a SMS']);
    expect((await list({ PageSize: '2' })).slice(0, 2)).toEqual([
      ['news-a EMAIL', 'news-a SMS'],
      ['news-b EMAIL', 'news-c EMAIL'],
    ]);
    await expect(list({ TemplateType: 'FAX' })).rejects.toThrow(
      /template-type is "FAX"; allowed: EMAIL, SMS, PUSH/,
    );
  });

  it('show versions newest first, page by page', async () => {
    await create('news');
    for (const subject of ['two', 'three', 'four']) await update('news', subject, { CreateNewVersion: true });
    const pages: (string | undefined)[][] = [];
    let NextToken: string | undefined;
    do {
      const { TemplateVersionsResponse } = await world.client.send(
        new ListTemplateVersionsCommand({
          TemplateName: 'news',
          TemplateType: 'email',
          PageSize: '1',
          NextToken,
        }),
      );
      pages.push((TemplateVersionsResponse?.Item ?? []).map(({ Version }) => Version));
      NextToken = TemplateVersionsResponse?.NextToken;
    } while (NextToken);
    expect(pages.flat()).toEqual(['4', '3', '2', '1']);
    expect(pages.every((page) => page.length <= 1)).toBe(true);
  });

  it('templates have tags', async () => {
    const { CreateTemplateMessageBody } = await create('news', { ...NEWS, tags: { team: 'crm' } });
    const ResourceArn = CreateTemplateMessageBody?.Arn;
    await world.client.send(new TagResourceCommand({ ResourceArn, TagsModel: { tags: { cost: '7' } } }));
    const { TagsModel } = await world.client.send(new ListTagsForResourceCommand({ ResourceArn }));
    expect(TagsModel?.tags).toEqual({ team: 'crm', cost: '7' });
    await update('news', 'x');
    expect((await get('news'))?.tags).toEqual({ team: 'crm', cost: '7' });
  });
});
