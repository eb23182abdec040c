import type {
  CampaignEmailMessage,
  DirectMessageConfiguration,
  Message,
  MessageConfiguration,
} from '@aws-sdk/client-pinpoint';

const part = (text: string | undefined) => (text === undefined ? undefined : { Data: text });

const common = ({ Action, Body, RawContent, SilentPush, TimeToLive, Title, Url }: Message) => ({
  Action,
  Body,
  RawContent,
  SilentPush,
  TimeToLive,
  Title,
  Url,
});

const gcm = (message: Message) => ({
  ...common(message),
  ImageUrl: message.ImageUrl,
  ImageIconUrl: message.ImageIconUrl,
  SmallImageIconUrl: message.ImageSmallIconUrl,
});

const apns = (message: Message) => ({ ...common(message), MediaUrl: message.MediaUrl });

const email = ({ Body, FromAddress, Headers, HtmlBody, Title }: CampaignEmailMessage) => ({
  FromAddress,
  SimpleEmail: { Subject: part(Title), HtmlPart: part(HtmlBody), TextPart: part(Body), Headers },
});

function defaults({ Action, Body, SilentPush, Title, Url }: Message): DirectMessageConfiguration {
  return {
    DefaultMessage: { Body },
    DefaultPushNotificationMessage: { Action, Body, SilentPush, Title, Url },
  };
}

/**
 * A campaign's message in the shape that hooks get (pinpoint.md §3.1), its templates as they are. A custom message has
 * no place in it.
 */
export function directMessageOf(message: MessageConfiguration): DirectMessageConfiguration {
  const { DefaultMessage, GCMMessage, APNSMessage, EmailMessage, SMSMessage } = message;
  return {
    ...(DefaultMessage ? defaults(DefaultMessage) : {}),
    ...(GCMMessage ? { GCMMessage: gcm(GCMMessage) } : {}),
    ...(APNSMessage ? { APNSMessage: apns(APNSMessage) } : {}),
    ...(EmailMessage ? { EmailMessage: email(EmailMessage) } : {}),
    ...(SMSMessage ? { SMSMessage } : {}),
  };
}
