import {
  ConflictException,
  CreateEmailTemplateCommand,
  CreatePushTemplateCommand,
  CreateSmsTemplateCommand,
  DeleteEmailTemplateCommand,
  DeletePushTemplateCommand,
  DeleteSmsTemplateCommand,
  type EmailTemplateRequest,
  GetEmailTemplateCommand,
  GetPushTemplateCommand,
  GetSmsTemplateCommand,
  ListTemplateVersionsCommand,
  NotFoundException,
  type PinpointClient,
  type PushNotificationTemplateRequest,
  type SMSTemplateRequest,
  UpdateEmailTemplateCommand,
  UpdatePushTemplateCommand,
  UpdateSmsTemplateCommand,
  UpdateTemplateActiveVersionCommand,
} from '@aws-sdk/client-pinpoint';
import { messageConfiguration } from '../message.ts';
import type { SentTemplate, TemplatePublisher } from './ports.ts';
import { changedMeanwhile } from './put-template.ts';
import type { TemplateChannel } from './template.ts';

type Body = Readonly<Record<string, unknown>>;

/** One of Pinpoint's kinds of templates: its requests, and what it holds of ours. */
interface Kind {
  readonly type: 'EMAIL' | 'SMS' | 'PUSH';
  body(template: SentTemplate): Body;
  create(client: PinpointClient, TemplateName: string, body: Body): Promise<unknown>;
  update(client: PinpointClient, TemplateName: string, body: Body): Promise<unknown>;
  get(client: PinpointClient, TemplateName: string, Version: string): Promise<Body | undefined>;
  remove(client: PinpointClient, TemplateName: string): Promise<unknown>;
}

const common = ({ defaults, description }: SentTemplate): Body => ({
  ...(Object.keys(defaults).length === 0 ? {} : { DefaultSubstitutions: JSON.stringify(defaults) }),
  ...(description === undefined ? {} : { TemplateDescription: description }),
});

const EMAIL: Kind = {
  type: 'EMAIL',
  body(template) {
    const { EmailMessage = {} } = messageConfiguration({ ...template.content, channel: 'email' });
    const { Title: Subject, HtmlBody: HtmlPart, Body: TextPart } = EmailMessage;
    return defined({ Subject, HtmlPart, TextPart, ...common(template) });
  },
  create: (client, TemplateName, body) =>
    client.send(
      new CreateEmailTemplateCommand({ TemplateName, EmailTemplateRequest: body as EmailTemplateRequest }),
    ),
  update: (client, TemplateName, body) =>
    client.send(
      new UpdateEmailTemplateCommand({
        TemplateName,
        CreateNewVersion: true,
        EmailTemplateRequest: body as EmailTemplateRequest,
      }),
    ),
  get: async (client, TemplateName, Version) =>
    (await client.send(new GetEmailTemplateCommand({ TemplateName, Version }))).EmailTemplateResponse as
      | Body
      | undefined,
  remove: (client, TemplateName) => client.send(new DeleteEmailTemplateCommand({ TemplateName })),
};

const SMS: Kind = {
  type: 'SMS',
  body: (template) => defined({ Body: template.content.message, ...common(template) }),
  create: (client, TemplateName, body) =>
    client.send(
      new CreateSmsTemplateCommand({ TemplateName, SMSTemplateRequest: body as SMSTemplateRequest }),
    ),
  update: (client, TemplateName, body) =>
    client.send(
      new UpdateSmsTemplateCommand({
        TemplateName,
        CreateNewVersion: true,
        SMSTemplateRequest: body as SMSTemplateRequest,
      }),
    ),
  get: async (client, TemplateName, Version) =>
    (await client.send(new GetSmsTemplateCommand({ TemplateName, Version }))).SMSTemplateResponse as
      | Body
      | undefined,
  remove: (client, TemplateName) => client.send(new DeleteSmsTemplateCommand({ TemplateName })),
};

const PUSH: Kind = {
  type: 'PUSH',
  body(template) {
    const { GCMMessage, APNSMessage } = messageConfiguration({ ...template.content, channel: 'push' });
    const { ImageIconUrl, ImageUrl, ...plain } = GCMMessage ?? {};
    const APNS = { ...plain, ...(APNSMessage?.MediaUrl ? { MediaUrl: APNSMessage.MediaUrl } : {}) };
    return defined({ Default: plain, GCM: GCMMessage, APNS, ...common(template) });
  },
  create: (client, TemplateName, body) =>
    client.send(
      new CreatePushTemplateCommand({
        TemplateName,
        PushNotificationTemplateRequest: body as PushNotificationTemplateRequest,
      }),
    ),
  update: (client, TemplateName, body) =>
    client.send(
      new UpdatePushTemplateCommand({
        TemplateName,
        CreateNewVersion: true,
        PushNotificationTemplateRequest: body as PushNotificationTemplateRequest,
      }),
    ),
  get: async (client, TemplateName, Version) =>
    (await client.send(new GetPushTemplateCommand({ TemplateName, Version })))
      .PushNotificationTemplateResponse as Body | undefined,
  remove: (client, TemplateName) => client.send(new DeletePushTemplateCommand({ TemplateName })),
};

const KINDS: Readonly<Partial<Record<TemplateChannel, Kind>>> = { push: PUSH, email: EMAIL, sms: SMS };

function kindOf(channel: TemplateChannel): Kind {
  const kind = KINDS[channel];
  if (!kind) throw new Error(`Pinpoint has no templates of channel ${channel}`);
  return kind;
}

const defined = (body: Body): Body =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));

/** Templates through the official Pinpoint client: of the whole account, versions are Pinpoint's own. */
export function pinpointPublisher(client: PinpointClient): TemplatePublisher {
  const latest = async (kind: Kind, name: string): Promise<{ version: number; body: Body } | undefined> => {
    const version = await newest(client, kind, name);
    const body = version === undefined ? undefined : await kind.get(client, name, String(version));
    return version === undefined || body === undefined ? undefined : { version, body };
  };
  return {
    async publish(template) {
      const kind = kindOf(template.channel);
      const body = kind.body(template);
      const before = await latest(kind, template.name);
      if (before && holds(before.body, body)) return before.version;
      await (before ? kind.update : kind.create)(client, template.name, body).catch((cause: unknown) => {
        throw cause instanceof ConflictException ? changedMeanwhile(template.name) : cause;
      });
      const after = await latest(kind, template.name);
      if (after && holds(after.body, body)) return after.version;
      throw changedMeanwhile(template.name);
    },
    async activate(channel, TemplateName, version) {
      const TemplateActiveVersionRequest = { Version: String(version) };
      const TemplateType = kindOf(channel).type;
      await client.send(
        new UpdateTemplateActiveVersionCommand({ TemplateName, TemplateType, TemplateActiveVersionRequest }),
      );
    },
    async remove(channel, name) {
      await kindOf(channel).remove(client, name).catch(unlessGone);
    },
  };
}

/** The number of the newest version; undefined when there is no template of this name. */
async function newest(
  client: PinpointClient,
  { type: TemplateType }: Kind,
  TemplateName: string,
): Promise<number | undefined> {
  let most: number | undefined;
  let NextToken: string | undefined;
  do {
    const page = await client
      .send(
        new ListTemplateVersionsCommand({ TemplateName, TemplateType, ...(NextToken ? { NextToken } : {}) }),
      )
      .catch(unlessGone);
    for (const { Version } of page?.TemplateVersionsResponse?.Item ?? [])
      most = Math.max(most ?? 0, Number(Version));
    NextToken = page?.TemplateVersionsResponse?.NextToken;
  } while (NextToken);
  return most;
}

function unlessGone(cause: unknown): undefined {
  if (cause instanceof NotFoundException) return undefined;
  throw cause;
}

/** Whether a template as Pinpoint tells it says what was asked for. */
function holds(told: unknown, asked: unknown): boolean {
  if (typeof asked !== 'object' || asked === null) return told === asked;
  if (typeof told !== 'object' || told === null) return false;
  return Object.entries(asked).every(
    ([name, value]) => value === undefined || holds((told as Body)[name], value),
  );
}
