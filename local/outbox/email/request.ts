import { list, type Shape, struct, text } from '../../wire/shape.ts';

const addresses = list(text);
const destination = struct({}, { ToAddresses: addresses, CcAddresses: addresses, BccAddresses: addresses });
const headers = list(struct({ Name: text, Value: text }, {}));
const tags = list(struct({ Name: text, Value: text }, {}));
const part = struct({ Data: text }, { Charset: text });
const common = {
  ReplyToAddresses: addresses,
  FeedbackForwardingEmailAddress: text,
  ConfigurationSetName: text,
};

/** SendBulkEmail with an inline template; stored templates are accepted and not found, there are none. */
export const sendBulkEmailRequest = struct(
  {
    DefaultContent: struct(
      {
        Template: struct(
          {},
          {
            TemplateName: text,
            TemplateArn: text,
            TemplateContent: struct({}, { Subject: text, Text: text, Html: text }),
            TemplateData: text,
            Headers: headers,
          },
        ),
      },
      {},
    ),
    BulkEmailEntries: list(
      struct(
        { Destination: destination },
        {
          ReplacementTags: tags,
          ReplacementHeaders: headers,
          ReplacementEmailContent: struct(
            {},
            { ReplacementTemplate: struct({}, { ReplacementTemplateData: text }) },
          ),
        },
      ),
    ),
  },
  { ...common, FromEmailAddress: text, DefaultEmailTags: tags },
);

/** SendEmail with simple content; raw and templated content is refused. */
export const sendEmailRequest = struct(
  {
    Content: struct(
      {
        Simple: struct({ Subject: part, Body: struct({}, { Text: part, Html: part }) }, { Headers: headers }),
      },
      {},
    ),
    Destination: destination,
  },
  { ...common, FromEmailAddress: text, EmailTags: tags },
);

type Unwrapped<S> = S extends Shape<infer T> ? T : never;
export type BulkRequest = Unwrapped<typeof sendBulkEmailRequest>;
export type BulkEntry = BulkRequest['BulkEmailEntries'][number];
export type EmailRequest = Unwrapped<typeof sendEmailRequest>;
export type Destination = BulkEntry['Destination'];
export type Pairs = readonly { readonly Name: string; readonly Value: string }[] | undefined;
