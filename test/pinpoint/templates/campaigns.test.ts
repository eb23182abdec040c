import {
  CreateEmailTemplateCommand,
  CreatePushTemplateCommand,
  CreateSmsTemplateCommand,
  DeleteEmailTemplateCommand,
  type EmailTemplateRequest,
  UpdateEmailTemplateCommand,
  UpdateTemplateActiveVersionCommand,
  type WriteCampaignRequest,
} from '@aws-sdk/client-pinpoint';
import { beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../campaigns/support/world.ts';
import { type Someone, sendingOf } from './support/sending.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});

const email = (TemplateName: string, EmailTemplateRequest: EmailTemplateRequest) =>
  world.client.send(new CreateEmailTemplateCommand({ TemplateName, EmailTemplateRequest }));
const newVersion = (TemplateName: string, Subject: string) =>
  world.client.send(
    new UpdateEmailTemplateCommand({
      TemplateName,
      EmailTemplateRequest: { Subject, TextPart: 'b' },
      CreateNewVersion: true,
    }),
  );
const activate = (TemplateName: string, Version: string) =>
  world.client.send(
    new UpdateTemplateActiveVersionCommand({
      ...{ TemplateName, TemplateType: 'EMAIL', TemplateActiveVersionRequest: { Version } },
    }),
  );

/** No message of its own: the templates say all. */
const byTemplate = (
  TemplateConfiguration: WriteCampaignRequest['TemplateConfiguration'],
  more = {},
): WriteCampaignRequest => ({
  ...{ MessageConfiguration: undefined, TemplateConfiguration, ...more },
});

const SOFIA: Someone = {
  id: 'e1',
  channel: 'EMAIL',
  values: { 'User.UserAttributes.name': ['sofia'], 'Attributes.tags': ['a', 'b'] },
};
const NOBODY: Someone = { id: 'e2', channel: 'EMAIL' };

/** Sends a campaign to these people and returns what they got. */
async function sent(request: WriteCampaignRequest, people: readonly Someone[]) {
  const sending = sendingOf(world, people);
  const { Id } = await world.create(request);
  const { activityId } = await world.rowOf(Id);
  await sending.resolve({ appId: world.app, campaignId: Id, activityId });
  await sending.deliver(activityId);
  return { ...sending, campaignId: Id, activityId };
}

describe('a campaign by templates', () => {
  it('sends what they say, to whom has a name and to whom has none', async () => {
    await email('news', {
      Subject: '{{capitalize User.UserAttributes.name}} {{now "yyyy"}}',
      HtmlPart: '<b>{{User.UserAttributes.name}}</b>{{#each Attributes.tags}}<i>{{this}}</i>{{/each}}',
      TextPart: '{{#eq User.UserAttributes.name "sofia"}}hi{{else}}hello{{/eq}}',
      DefaultSubstitutions: '{"User.UserAttributes.name":"고객 <님>"}',
      Headers: [{ Name: 'X-User', Value: '{{User.UserId}}' }],
    });
    const { contentOf } = await sent(byTemplate({ EmailTemplate: { Name: 'news' } }), [SOFIA, NOBODY]);
    const year = new Date().getFullYear();
    expect(contentOf('e1')).toEqual({
      subject: `Sofia ${year}`,
      html: '<b>sofia</b><i>a</i><i>b</i>',
      text: 'hi',
      'header:X-User': 'ue1',
    });
    expect(contentOf('e2')).toMatchObject({
      subject: `고객 <님> ${year}`,
      html: '<b>고객 &lt;님&gt;</b>',
      text: 'hello',
    });
  });

  it('says on each channel what that channel’s template says, with that template’s defaults', async () => {
    await email('m', {
      Subject: 'e {{Attributes.x}}',
      TextPart: 't',
      DefaultSubstitutions: '{"Attributes.x":"mail"}',
    });
    await world.client.send(
      new CreateSmsTemplateCommand({ TemplateName: 'm', SMSTemplateRequest: { Body: 's {{Attributes.x}}' } }),
    );
    const push = {
      Default: { Title: 'd', Body: 'b {{Attributes.x}}', Sound: 'ping' },
      APNS: { Body: 'apns', MediaUrl: 'https://example.com/a.png' },
      DefaultSubstitutions: '{"Attributes.x":"push"}',
    };
    await world.client.send(
      new CreatePushTemplateCommand({ TemplateName: 'm', PushNotificationTemplateRequest: push }),
    );
    const Name = 'm';
    const { contentOf } = await sent(
      byTemplate({ EmailTemplate: { Name }, SMSTemplate: { Name }, PushTemplate: { Name } }),
      ['EMAIL', 'SMS', 'GCM', 'APNS'].map((channel) => ({ id: channel, channel })),
    );
    expect(contentOf('EMAIL')).toMatchObject({ subject: 'e mail' });
    expect(contentOf('SMS')).toMatchObject({ body: 's ' });
    expect(contentOf('GCM')).toMatchObject({ title: 'd', body: 'b push', sound: 'ping' });
    expect(contentOf('APNS')).toMatchObject({
      title: 'd',
      body: 'apns',
      mediaUrl: 'https://example.com/a.png',
    });
  });

  it('says what it says itself in place of what a template says, member by member', async () => {
    await email('news', {
      Subject: 'template',
      TextPart: 'template {{Attributes.x}}',
      DefaultSubstitutions: '{"Attributes.x":"d"}',
    });
    const own = { EmailMessage: { FromAddress: 'news@example.com', Title: 'own {{Attributes.x}}' } };
    const { contentOf } = await sent(
      { MessageConfiguration: own, TemplateConfiguration: { EmailTemplate: { Name: 'news' } } },
      [NOBODY],
    );
    expect(contentOf('e2')).toEqual({ from: 'news@example.com', subject: 'own d', text: 'template d' });
  });

  it('uses the active version unless it names another, or the latest', async () => {
    await email('news', { Subject: 'one', TextPart: 'b' });
    for (const subject of ['two', 'three']) await newVersion('news', subject);
    await activate('news', '2');
    const subjects: (string | undefined)[] = [];
    for (const Version of [undefined, '1', 'latest']) {
      const { contentOf } = await sent(byTemplate({ EmailTemplate: { Name: 'news', Version } }), [NOBODY]);
      subjects.push(contentOf('e2')?.['subject']);
    }
    expect(subjects).toEqual(['two', 'one', 'three']);
  });

  it('has templates in its other treatments too', async () => {
    await email('a', { Subject: 'standard', TextPart: 'b' });
    await email('b', { Subject: 'other', TextPart: 'b' });
    const people = Array.from({ length: 40 }, (_, n) => ({ id: `p${n}`, channel: 'EMAIL' }));
    const { sent: messages } = await sent(
      byTemplate(
        { EmailTemplate: { Name: 'a' } },
        {
          AdditionalTreatments: [
            { SizePercent: 50, TemplateConfiguration: { EmailTemplate: { Name: 'b' } } },
          ],
        },
      ),
      people,
    );
    const subjects = new Set(
      messages.map(({ content, identity }) => `${identity.treatmentId} ${content['subject']}`),
    );
    expect(subjects).toEqual(new Set(['0 standard', '1 other']));
  });

  it('goes on as it began, whatever becomes of its template meanwhile', async () => {
    await email('news', { Subject: 'before', TextPart: '{{User.UserAttributes.name}}' });
    const sending = sendingOf(world, [SOFIA]);
    const { Id } = await world.create(byTemplate({ EmailTemplate: { Name: 'news' } }));
    const { activityId } = await world.rowOf(Id);
    const message = { appId: world.app, campaignId: Id, activityId };
    await sending.resolve(message);
    await world.client.send(new DeleteEmailTemplateCommand({ TemplateName: 'news' }));
    await sending.resolve(message);
    await sending.deliver(activityId);
    expect(sending.contentOf('e1')).toMatchObject({ subject: 'before', text: 'sofia' });
  });

  it('that was made before its template changed sends what it says when the run begins', async () => {
    await email('news', { Subject: 'made', TextPart: 'b' });
    const sending = sendingOf(world, [NOBODY]);
    const { Id } = await world.create(byTemplate({ EmailTemplate: { Name: 'news' } }));
    await newVersion('news', 'newer');
    await activate('news', 'latest');
    const { activityId } = await world.rowOf(Id);
    await sending.resolve({ appId: world.app, campaignId: Id, activityId });
    await sending.deliver(activityId);
    expect(sending.contentOf('e2')).toMatchObject({ subject: 'newer' });
  });

  it('ends INVALID, saying why, when its template is gone before it begins', async () => {
    await email('news', { Subject: 's', TextPart: 'b' });
    const sending = sendingOf(world, [NOBODY]);
    const { Id } = await world.create(byTemplate({ EmailTemplate: { Name: 'news' } }));
    await world.client.send(new DeleteEmailTemplateCommand({ TemplateName: 'news' }));
    const { activityId } = await world.rowOf(Id);
    await sending.resolve({ appId: world.app, campaignId: Id, activityId });
    expect((await world.read(Id))?.State?.CampaignStatus).toBe('INVALID');
    const [activity] = await world.activities(Id);
    expect(activity?.ExecutionMetrics?.['FAILURE']).toMatch(
      /TemplateConfiguration.EmailTemplate: there is no EMAIL template "news"/,
    );
  });

  it('tells its hook what it says itself, not its templates', async () => {
    await email('news', { Subject: 's', HtmlPart: 'long' });
    const { asked, contentOf } = await sent(
      {
        MessageConfiguration: { EmailMessage: { FromAddress: 'a@example.com' } },
        TemplateConfiguration: { EmailTemplate: { Name: 'news' } },
        Hook: { LambdaFunctionName: 'hook', Mode: 'FILTER' },
      },
      [NOBODY],
    );
    expect(asked[0]?.MessageConfiguration.EmailMessage).toMatchObject({ FromAddress: 'a@example.com' });
    expect(JSON.stringify(asked)).not.toContain('long');
    expect(contentOf('e2')).toMatchObject({ html: 'long' });
  });

  it('of 600,000 Korean characters arrives whole', async () => {
    const HtmlPart = `${'가'.repeat(599_900)}{{User.UserAttributes.name}}`;
    await email('long', { Subject: '제목', HtmlPart });
    const { contentOf } = await sent(byTemplate({ EmailTemplate: { Name: 'long' } }), [SOFIA]);
    expect(contentOf('e1')?.['html']).toBe(`${'가'.repeat(599_900)}sofia`);
  });

  it('shows the templates it names when it is read, not what they say', async () => {
    await email('news', { Subject: 's', TextPart: 'b' });
    const { Id } = await world.create(byTemplate({ EmailTemplate: { Name: 'news', Version: '1' } }));
    const read = await world.read(Id);
    expect(read?.TemplateConfiguration).toEqual({ EmailTemplate: { Name: 'news', Version: '1' } });
    expect(read?.MessageConfiguration).toBeUndefined();
  });
});

describe('a campaign is refused, naming the member', () => {
  const problem = (request: WriteCampaignRequest) =>
    world.create(request).then(
      () => 'created',
      (error: Error) => `${error.name}: ${error.message}`,
    );

  it('when there is no such template, version or name', async () => {
    await email('news', { Subject: 's', TextPart: 'b' });
    expect(await problem(byTemplate({ EmailTemplate: { Name: 'nobody' } }))).toBe(
      'BadRequestException: TemplateConfiguration.EmailTemplate: there is no EMAIL template "nobody"',
    );
    expect(await problem(byTemplate({ EmailTemplate: { Name: 'news', Version: '7' } }))).toBe(
      'BadRequestException: TemplateConfiguration.EmailTemplate: EMAIL template news has no version "7"',
    );
    expect(await problem(byTemplate({ SMSTemplate: { Name: 'news' } }))).toMatch(
      /there is no SMS template "news"/,
    );
    expect(await problem(byTemplate({ PushTemplate: {} }))).toMatch(
      /TemplateConfiguration.PushTemplate.Name is missing/,
    );
  });

  it('with all that is wrong, in every treatment', async () => {
    const said = await problem(
      byTemplate(
        { EmailTemplate: { Name: 'a' } },
        {
          Priority: 1,
          AdditionalTreatments: [
            { SizePercent: 10, TemplateConfiguration: { SMSTemplate: { Name: 'b' } } },
            { SizePercent: 10, TemplateConfiguration: { VoiceTemplate: { Name: 'c' } } },
          ],
        },
      ),
    );
    expect(said).toMatch(/Priority is not there yet/);
    expect(said).toMatch(/; TemplateConfiguration.EmailTemplate: there is no EMAIL template "a"/);
    expect(said).toMatch(
      /AdditionalTreatments\[0\].TemplateConfiguration.SMSTemplate: there is no SMS template "b"/,
    );
    expect(said).toMatch(/AdditionalTreatments\[1\].TemplateConfiguration.VoiceTemplate is not there yet/);
  });

  it('when its templates say nothing, or nothing that would be sent', async () => {
    await email('empty', { TemplateDescription: 'a draft' });
    expect(await problem(byTemplate({ EmailTemplate: { Name: 'empty' } }))).toMatch(
      /is empty: a message needs a text/,
    );
    const custom = {
      MessageConfiguration: { CustomMessage: { Data: 'x' } },
      CustomDeliveryConfiguration: { DeliveryUri: 'f' },
    };
    expect(await problem({ ...custom, TemplateConfiguration: { EmailTemplate: { Name: 'empty' } } })).toMatch(
      /TemplateConfiguration would not be sent/,
    );
  });

  it('but may be steered while it runs, though its template is gone', async () => {
    await email('news', { Subject: 's', TextPart: 'b' });
    const { Id } = await world.create(byTemplate({ EmailTemplate: { Name: 'news' } }));
    await world.run(Id);
    await world.client.send(new DeleteEmailTemplateCommand({ TemplateName: 'news' }));
    expect((await world.update(Id, { IsPaused: true }))?.IsPaused).toBe(true);
  });
});
