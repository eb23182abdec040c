import type { Problem } from '../../shared/errors.ts';
import type { Content } from '../content.ts';
import { type ContentChecks, contentProblems } from '../definition/check-content.ts';
import { defaultsOf } from '../personalisation/defaults.ts';
import { personalised } from '../personalisation/personalise.ts';
import type { Variables } from '../personalisation/variables.ts';
import { fromMjml } from './mjml.ts';
import type { SentTemplate } from './ports.ts';
import type { Template, TemplateContent } from './template.ts';

export interface SentChecks extends Pick<ContentChecks, 'kakao'> {
  readonly variables: Variables;
}

type Written = Pick<Template, 'channel' | 'name' | 'content' | 'defaults' | 'description'>;

export type Sent =
  | { readonly sent: SentTemplate; readonly problems: readonly [] }
  | { readonly sent?: undefined; readonly problems: readonly Problem[] };

/** A template as it is sent, or everything that is wrong with it at once, by field of the request. */
export function sentTemplate(written: Written, checks: SentChecks): Sent {
  const { content, problems: mjmlProblems } = withoutMjml(written);
  const { content: texts, problems: textProblems } = personalised(content, checks.variables, 'content');
  const { defaults, problems: defaultProblems } = defaultsOf(written.defaults, checks.variables);
  const problems = [
    ...mjmlProblems,
    ...judged(written, content, checks),
    ...textProblems,
    ...defaultProblems,
  ];
  if (problems.length > 0) return { problems };
  const { channel, name, description } = written;
  const named = { channel, name, ...(description === undefined ? {} : { description }) };
  return { sent: { ...named, content: texts, defaults: Object.fromEntries(defaults) }, problems: [] };
}

/** What the channel needs, takes and how long it may be. Variables are judged with their translation. */
function judged({ channel }: Written, content: Content, { kakao }: SentChecks): Problem[] {
  const checks: ContentChecks = { kakao, template: () => [], noticed: (plain) => plain };
  return contentProblems(channel, { shared: content, own: [] }, checks).map(({ field, message }) => ({
    field: `content.${field}`,
    message: message.startsWith(field) ? `content.${message}` : message,
  }));
}

/** In place of HTML that could not be made: nothing else is wrong with it. */
const STANDING_IN = '<p>…</p>';

function withoutMjml({ channel, content }: Written): { content: Content; problems: Problem[] } {
  const { mjml, ...plain } = content satisfies TemplateContent;
  if (mjml === undefined) return { content: plain, problems: [] };
  const field = 'content.mjml';
  if (channel !== 'email')
    return { content: plain, problems: [{ field, message: `${field} has no place in channel ${channel}` }] };
  if (plain.html !== undefined)
    return {
      content: plain,
      problems: [{ field, message: `${field} stands beside content.html: give one of them` }],
    };
  const { html, problem } = fromMjml(mjml);
  if (html === undefined)
    return {
      content: { ...plain, html: STANDING_IN },
      problems: [{ field, message: `${field}: ${problem}` }],
    };
  return { content: { ...plain, html }, problems: [] };
}
