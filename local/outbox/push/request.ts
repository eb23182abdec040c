import { anything, flag, list, map, number, oneOf, type Shape, struct, text } from '../../wire/shape.ts';

const substitutions = map(list(text));
const action = oneOf('OPEN_APP', 'DEEP_LINK', 'URL');
const content = {
  Action: action,
  Body: text,
  Data: map(text),
  SilentPush: flag,
  Substitutions: substitutions,
  Title: text,
  Url: text,
};
/** How the push service handles the message; a phone shows nothing of it. */
const handling = {
  CollapseKey: anything,
  CollapseId: anything,
  Priority: anything,
  TimeToLive: number,
  RestrictedPackageName: anything,
  PreferredAuthenticationMethod: anything,
  APNSPushType: anything,
};

const configuration = struct(
  {},
  {
    DefaultMessage: struct({}, { Body: text, Substitutions: substitutions }),
    DefaultPushNotificationMessage: struct({}, content),
    GCMMessage: struct(
      {},
      {
        ...content,
        ...handling,
        IconReference: text,
        ImageIconUrl: text,
        ImageUrl: text,
        RawContent: text,
        SmallImageIconUrl: text,
        Sound: text,
      },
    ),
    APNSMessage: struct(
      {},
      {
        ...content,
        ...handling,
        Badge: number,
        Category: text,
        MediaUrl: text,
        RawContent: text,
        Sound: text,
        ThreadId: text,
      },
    ),
  },
);

const address = struct(
  { ChannelType: oneOf('GCM', 'APNS', 'APNS_SANDBOX') },
  {
    BodyOverride: text,
    TitleOverride: text,
    RawContent: text,
    Context: map(text),
    Substitutions: substitutions,
  },
);

/** SendMessages by token. E-mail, SMS, endpoints and templates go through other doors and are refused. */
export const sendMessagesRequest = struct(
  { Addresses: map(address), MessageConfiguration: configuration },
  { Context: map(text), TraceId: text },
);

type Unwrapped<S> = S extends Shape<infer T> ? T : never;
export type AddressConfiguration = Unwrapped<typeof address>;
export type DirectMessageConfiguration = Unwrapped<typeof configuration>;
