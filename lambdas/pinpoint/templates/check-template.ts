import type {
  AndroidPushNotificationTemplate,
  APNSPushNotificationTemplate,
  DefaultPushNotificationTemplate,
  EmailTemplateRequest,
  MessageHeader,
  PushNotificationTemplateRequest,
  SMSTemplateRequest,
} from '@aws-sdk/client-pinpoint';
import { substitutionsOf } from '../../shared/rendering/substitutions.ts';
import { compileTemplate, TemplateError } from '../../shared/rendering/template.ts';
import { notYetIn, tooLong } from '../campaigns/checks.ts';
import type { Contents, TemplateType } from './template.ts';

/** Pinpoint's quotas (pinpoint.md §2.6). */
const MAX_EMAIL = 600_000;
const MAX_SMS = 1_600;
const MAX_PUSH = 4_000;
const MAX_DESCRIPTION = 1_000;
const MAX_HEADERS = 15;
const MAX_HEADER_VALUE = 870;
const HEADER_NAME = /^[!-9;-~]{1,126}$/;

const PUSH_TEXTS = [
  'Title',
  'Body',
  'Url',
  'ImageUrl',
  'ImageIconUrl',
  'SmallImageIconUrl',
  'MediaUrl',
] as const;

type PushPart = AndroidPushNotificationTemplate &
  APNSPushNotificationTemplate &
  DefaultPushNotificationTemplate;

function textProblems(member: string, text: string | undefined, html = false): string[] {
  if (text === undefined) return [];
  try {
    compileTemplate(text, { html });
    return [];
  } catch (error) {
    if (error instanceof TemplateError) return [`${member}: ${error.message}`];
    throw error;
  }
}

const lengthOf = (texts: readonly (string | undefined)[]): number =>
  texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);

const longProblems = (what: string, length: number, most: number): string[] =>
  length > most ? [`${what} has ${length} characters; at most ${most} are allowed`] : [];

function oneHeaderProblems(at: string, { Name = '', Value }: MessageHeader): string[] {
  return [
    ...(HEADER_NAME.test(Name)
      ? []
      : [
          `${at}.Name is ${JSON.stringify(Name)}; expected 1 to 126 printable ASCII characters without a colon`,
        ]),
    ...tooLong(`${at}.Value`, Value, MAX_HEADER_VALUE),
    ...textProblems(`${at}.Value`, Value),
  ];
}

/** What is wrong with the headers of an e-mail; `member` is where they stand. */
export function headerProblems(member: string, headers: readonly MessageHeader[]): string[] {
  if (headers.length > MAX_HEADERS)
    return [`${member} are ${headers.length}; at most ${MAX_HEADERS} are allowed`];
  const names = headers.map(({ Name = '' }) => Name.toLowerCase());
  return headers.flatMap((header, index) => [
    ...oneHeaderProblems(`${member}[${index}]`, header),
    ...(names.indexOf(names[index] ?? '') < index
      ? [`${member}[${index}].Name is ${JSON.stringify(header.Name)}, which is there already`]
      : []),
  ]);
}

function emailProblems({ Subject, HtmlPart, TextPart, Headers = [] }: EmailTemplateRequest): string[] {
  return [
    ...longProblems('The template', lengthOf([Subject, HtmlPart, TextPart]), MAX_EMAIL),
    ...textProblems('Subject', Subject),
    ...textProblems('HtmlPart', HtmlPart, true),
    ...textProblems('TextPart', TextPart),
    ...headerProblems('Headers', Headers),
  ];
}

const smsProblems = ({ Body }: SMSTemplateRequest): string[] => [
  ...longProblems('Body', lengthOf([Body]), MAX_SMS),
  ...textProblems('Body', Body),
];

function pushProblems(request: PushNotificationTemplateRequest): string[] {
  const parts = (['Default', 'GCM', 'APNS'] as const).flatMap((name): [string, PushPart][] => {
    const part = request[name];
    return part ? [[name, part]] : [];
  });
  return [
    ...notYetIn('', request, ['ADM', 'Baidu']),
    ...parts.flatMap(([name, part]) => [
      ...notYetIn(`${name}.`, part, ['RawContent']),
      ...longProblems(name, lengthOf(PUSH_TEXTS.map((text) => part[text])), MAX_PUSH),
      ...PUSH_TEXTS.flatMap((text) => textProblems(`${name}.${text}`, part[text])),
    ]),
  ];
}

const PROBLEMS: { readonly [Type in TemplateType]: (content: Contents[Type]) => string[] } = {
  EMAIL: emailProblems,
  SMS: smsProblems,
  PUSH: pushProblems,
};

function substitutionProblems(json: string | undefined): string[] {
  try {
    if (json !== undefined) substitutionsOf(json);
    return [];
  } catch (error) {
    if (error instanceof TemplateError) return [`DefaultSubstitutions: ${error.message}`];
    throw error;
  }
}

/** Everything wrong with what a template says, each problem naming the member; empty when messages can be made of it. */
export function templateProblems<Type extends TemplateType>(type: Type, content: Contents[Type]): string[] {
  return [
    ...PROBLEMS[type](content),
    ...tooLong('TemplateDescription', content.TemplateDescription, MAX_DESCRIPTION),
    ...notYetIn<Contents[TemplateType]>('', content, ['RecommenderId']),
    ...substitutionProblems(content.DefaultSubstitutions),
  ];
}
