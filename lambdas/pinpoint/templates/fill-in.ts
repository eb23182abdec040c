import type {
  CustomDeliveryConfiguration,
  MessageConfiguration,
  Template,
  TemplateConfiguration,
  WriteCampaignRequest,
} from '@aws-sdk/client-pinpoint';
import { type Substitutions, substitutionsOf } from '../../shared/rendering/substitutions.ts';
import { notYetIn } from '../campaigns/checks.ts';
import type { TemplateFinder } from './find-template.ts';
import type { TemplateType } from './template.ts';
import { messageOf, overlaid } from './template-message.ts';

/** What stands for values that a recipient does not have, by the name of the channel kind whose template says so. */
export type DefaultsByKind = Readonly<Record<string, Substitutions>>;

/** A treatment with what its templates say. */
export interface FilledTreatment {
  /** The message to send: the campaign's own words in its templates'. Undefined when it says nothing. */
  readonly message: MessageConfiguration | undefined;
  readonly defaults?: DefaultsByKind;
  /** What is wrong with its templates, each problem naming the member. */
  readonly problems: readonly string[];
}

/** What a request's treatments say, the default one first. */
export type Filled = readonly FilledTreatment[];

/** Members of TemplateConfiguration, with the channel kinds that say them (channels/registry.ts). */
const MEMBERS = [
  { member: 'EmailTemplate', type: 'EMAIL', kind: 'email' },
  { member: 'SMSTemplate', type: 'SMS', kind: 'sms' },
  { member: 'PushTemplate', type: 'PUSH', kind: 'push' },
] as const satisfies readonly { member: keyof TemplateConfiguration; type: TemplateType; kind: string }[];

interface Saying {
  readonly MessageConfiguration?: MessageConfiguration | undefined;
  readonly TemplateConfiguration?: TemplateConfiguration | undefined;
  readonly CustomDeliveryConfiguration?: CustomDeliveryConfiguration | undefined;
}

type Sayings = Pick<WriteCampaignRequest, 'AdditionalTreatments'> & Saying;

/** A request's messages without a look at templates: what there is of one that names none. */
export const untemplated = (request: Sayings): Filled =>
  [request, ...(request.AdditionalTreatments ?? [])].map(({ MessageConfiguration: message }) => ({
    message,
    problems: [],
  }));

/** Looks up the templates that a request names. Nothing is thrown for what is not there: `problems` says it. */
export async function filledIn(templates: TemplateFinder, request: Sayings): Promise<Filled> {
  const treatments: readonly [string, Saying][] = [
    ['', request],
    ...(request.AdditionalTreatments ?? []).map((treatment, index): [string, Saying] => [
      `AdditionalTreatments[${index}].`,
      treatment,
    ]),
  ];
  return Promise.all(treatments.map(([at, saying]) => filledTreatment(templates, at, saying)));
}

async function filledTreatment(
  templates: TemplateFinder,
  at: string,
  saying: Saying,
): Promise<FilledTreatment> {
  const {
    MessageConfiguration: own,
    TemplateConfiguration: named,
    CustomDeliveryConfiguration: custom,
  } = saying;
  const chosen = MEMBERS.filter(({ member }) => named?.[member] !== undefined);
  const problems = notYetIn(`${at}TemplateConfiguration.`, named ?? {}, ['VoiceTemplate', 'InAppTemplate']);
  if (chosen.length === 0) return { message: own, problems };
  if (custom)
    return {
      message: own,
      problems: [
        `${at}TemplateConfiguration would not be sent: with CustomDeliveryConfiguration only CustomMessage is`,
      ],
    };
  let message: MessageConfiguration = {};
  const defaults: Record<string, Substitutions> = {};
  for (const { member, type, kind } of chosen) {
    const found = await contentOf(templates, type, named?.[member] ?? {});
    if (typeof found === 'string') problems.push(`${at}TemplateConfiguration.${member}${found}`);
    else {
      message = { ...message, ...messageOf(type, found) };
      if (found.DefaultSubstitutions) defaults[kind] = substitutionsOf(found.DefaultSubstitutions);
    }
  }
  return { message: overlaid(message, own ?? {}), defaults, problems };
}

async function contentOf<Type extends TemplateType>(
  templates: TemplateFinder,
  type: Type,
  template: Template,
) {
  if (!template.Name) return '.Name is missing';
  const found = await templates.find(type, template.Name, template.Version);
  return typeof found === 'string' ? `: ${found}` : found;
}
