import type {
  AndroidPushNotificationTemplate,
  APNSPushNotificationTemplate,
  DefaultPushNotificationTemplate,
  MessageConfiguration,
} from '@aws-sdk/client-pinpoint';
import type { Spoken } from '../channels/channel.ts';
import type { Contents, TemplateType } from './template.ts';

/** Members with a value, so that a member that a template leaves out never hides another's. */
const present = <Message extends object>(message: Message): Message =>
  Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined)) as Message;

type PushPart = AndroidPushNotificationTemplate &
  APNSPushNotificationTemplate &
  DefaultPushNotificationTemplate;

const pushMessage = ({ SmallImageIconUrl, RawContent: _, ...part }: PushPart): Spoken =>
  present({ ...part, ImageSmallIconUrl: SmallImageIconUrl });

const MESSAGES: { readonly [Type in TemplateType]: (content: Contents[Type]) => MessageConfiguration } = {
  EMAIL: ({ Subject, TextPart, HtmlPart, Headers }) => ({
    EmailMessage: present({ Title: Subject, Body: TextPart, HtmlBody: HtmlPart, Headers }),
  }),
  SMS: ({ Body }) => ({ SMSMessage: present({ Body }) }),
  PUSH: ({ Default, GCM, APNS }) =>
    present({
      DefaultMessage: Default && pushMessage(Default),
      GCMMessage: GCM && pushMessage(GCM),
      APNSMessage: APNS && pushMessage(APNS),
    }),
};

/** What a template says, as a message. */
export const messageOf = <Type extends TemplateType>(
  type: Type,
  content: Contents[Type],
): MessageConfiguration => MESSAGES[type](content);

type Parts = Record<string, object | undefined>;

/** A message with what a campaign says itself in place of what its templates say, member by member of each part. */
export function overlaid(template: MessageConfiguration, own: MessageConfiguration): MessageConfiguration {
  const [below, above] = [template as Parts, own as Parts];
  const names = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const part = { ...below[name], ...present(above[name] ?? {}) };
      return below[name] || above[name] ? [[name, part]] : [];
    }),
  );
}
