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
import { type Flow, finished, postCampaign, unlike, until } from './support.ts';

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

  const update = (TemplateName: string, Subject: string, CreateNewVersion: boolean) =>
    pinpoint.send(
      new UpdateEmailTemplateCommand({
        TemplateName,
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
    const [TemplateName, title] = [unlike('welcome'), unlike('templated')];
    await pinpoint.send(
      new CreateEmailTemplateCommand({ TemplateName, EmailTemplateRequest: { Subject: 'draft' } }),
    );
    await update(TemplateName, `${title} {{User.UserAttributes.name}}`, true);
    await pinpoint.send(
      new UpdateTemplateActiveVersionCommand({
        TemplateName,
        TemplateType: 'EMAIL',
        TemplateActiveVersionRequest: { Version: 'latest' },
      }),
    );
    const { EmailTemplateResponse } = await pinpoint.send(new GetEmailTemplateCommand({ TemplateName }));
    expect(EmailTemplateResponse).toMatchObject({ Version: '2', HtmlPart: expect.stringContaining(LONG) });
    await pinpoint.send(
      new CreateCampaignCommand({
        ApplicationId,
        WriteCampaignRequest: {
          Name: 'by template',
          SegmentId,
          Schedule: { StartTime: 'IMMEDIATE' },
          TemplateConfiguration: { EmailTemplate: { Name: TemplateName } },
        },
      }),
    );
    const messages = await until(
      () => arrived(title),
      (found) => found.length === COUNT,
    );
    expect(messages.map((message) => message.title).sort()).toEqual(
      ['고객', ...Array.from({ length: COUNT - 1 }, (_, index) => `이름${index + 1}`)]
        .map((name) => `${title} ${name}`)
        .sort(),
    );
    const one = messages.find(({ to }) => to === 'x7@example.com');
    expect(one?.html).toBe(`<p>X7</p>${LONG}`);
  });
}
