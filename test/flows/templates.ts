import {
  CreateCampaignCommand,
  CreateEmailTemplateCommand,
  GetAppsCommand,
  GetEmailTemplateCommand,
  GetSegmentsCommand,
  PinpointClient,
  UpdateEmailTemplateCommand,
  UpdateTemplateActiveVersionCommand,
} from '@aws-sdk/client-pinpoint';
import { beforeAll, expect, it } from 'vitest';
import { type Flow, finished, postCampaign, until } from './support.ts';

const COUNT = 13;
const LONG = '가'.repeat(200_000);

/** A campaign by a stored template, through the stock Pinpoint client. Its members are called `x…`, its segment `templated`. */
export function templates(flow: () => Flow): void {
  let pinpoint: PinpointClient;
  let ApplicationId: string;
  let SegmentId: string;

  beforeAll(async () => {
    const { engine } = flow().system;
    pinpoint = new PinpointClient({ endpoint: engine.endpoint, region: engine.region, credentials: engine });
    const members = Array.from({ length: COUNT }, (_, index) => ({
      userId: `x${index}`,
      ...(index === 0 ? {} : { name: `이름${index}` }),
      email: `x${index}@example.com`,
      attributes: { grade: 'TEMPLATED' },
    }));
    await flow().api.must([200], 'POST', '/v1/members', { members });
    await flow().api.must([201], 'PUT', '/v1/segments/templated', {
      rule: { attribute: 'grade', is: 'TEMPLATED' },
    });
    const message = { segment: 'templated', channel: 'email', title: 'first', message: 'first' };
    await finished(flow().api, (await postCampaign(flow().api, message)).id);
    ApplicationId = (await pinpoint.send(new GetAppsCommand({}))).ApplicationsResponse?.Item?.[0]?.Id ?? '';
    const { SegmentsResponse } = await pinpoint.send(
      new GetSegmentsCommand({ ApplicationId, PageSize: '100' }),
    );
    const own = SegmentsResponse?.Item?.find(({ ImportDefinition }) => ImportDefinition?.Size === COUNT);
    SegmentId = own?.Id ?? '';
  });

  const update = (Subject: string, CreateNewVersion: boolean) =>
    pinpoint.send(
      new UpdateEmailTemplateCommand({
        TemplateName: 'welcome',
        CreateNewVersion,
        EmailTemplateRequest: {
          Subject,
          HtmlPart: `<p>{{upper User.UserId}}</p>${LONG}`,
          DefaultSubstitutions: '{"User.UserAttributes.name":"고객"}',
        },
      }),
    );
  const arrived = async (title: string) => {
    const { body } = await flow().api.must([200], 'GET', `/local/outbox?channel=email&limit=100&q=${title}`);
    return body['messages'] as { title: string; to: string; html: string }[];
  };

  it('sends what the active version says, however long, each helper and default in its place', async () => {
    await pinpoint.send(
      new CreateEmailTemplateCommand({ TemplateName: 'welcome', EmailTemplateRequest: { Subject: 'draft' } }),
    );
    await update('templated {{User.UserAttributes.name}}', true);
    await pinpoint.send(
      new UpdateTemplateActiveVersionCommand({
        TemplateName: 'welcome',
        TemplateType: 'EMAIL',
        TemplateActiveVersionRequest: { Version: 'latest' },
      }),
    );
    const { EmailTemplateResponse } = await pinpoint.send(
      new GetEmailTemplateCommand({ TemplateName: 'welcome' }),
    );
    expect(EmailTemplateResponse).toMatchObject({ Version: '2', HtmlPart: expect.stringContaining(LONG) });
    await pinpoint.send(
      new CreateCampaignCommand({
        ApplicationId,
        WriteCampaignRequest: {
          Name: 'by template',
          SegmentId,
          Schedule: { StartTime: 'IMMEDIATE' },
          TemplateConfiguration: { EmailTemplate: { Name: 'welcome' } },
        },
      }),
    );
    const messages = await until(
      () => arrived('templated'),
      (found) => found.length === COUNT,
    );
    expect(messages.map(({ title }) => title).sort()).toEqual(
      ['고객', ...Array.from({ length: COUNT - 1 }, (_, index) => `이름${index + 1}`)]
        .map((name) => `templated ${name}`)
        .sort(),
    );
    const one = messages.find(({ to }) => to === 'x7@example.com');
    expect(one?.html).toBe(`<p>X7</p>${LONG}`);
  });
}
