/** What a campaign's content is when it is sent: the one way there for deliveries, previews and tests. Pure. */
import { invalid, type Problem } from '../../shared/errors.ts';
import type { Definition } from '../campaign.ts';
import type { Content } from '../content.ts';
import { defaultsOf } from './defaults.ts';
import { lacksDefault, type MissingRule } from './missing.ts';
import { type Needs, needsOf } from './needs.ts';
import { personalised, textsOf, withContentDefaults } from './personalise.ts';
import type { StoredContent } from './ports.ts';
import type { Variables } from './variables.ts';

/** What a campaign says about members without a value. */
export type SaysMissing = Pick<Definition, 'missing' | 'defaults'>;

export interface SentContent {
  /** In Pinpoint's notation, with defaults and notices. */
  readonly content: Content;
  readonly needs: Needs;
  readonly rule: MissingRule;
}

/** The rule about missing values, from a campaign whose defaults were judged when it was created. */
export const ruleOf = ({ missing, defaults }: SaysMissing, variables: Variables): MissingRule => ({
  missing,
  defaults: defaultsOf(defaults, variables).defaults,
});

/**
 * The content as the engine gets it. `noticed` adds the label and the opt-out text. Throws when a text names what is not
 * there: never sends an empty text in its place.
 */
export function sentContent(
  content: Content,
  says: SaysMissing,
  variables: Variables,
  noticed: (content: Content) => Content,
): SentContent {
  const { content: translated, needs, problems } = personalised(content, variables);
  if (problems.length > 0) throw invalid(problems);
  return completed(translated, needs, ruleOf(says, variables), noticed);
}

/** The content of a stored template as the engine gets it: what its author wrote was translated when it was stored. */
export function sentTemplateContent(
  { content, defaults: own }: StoredContent,
  says: SaysMissing,
  variables: Variables,
  noticed: (content: Content) => Content,
): SentContent {
  const { missing, defaults } = ruleOf(says, variables);
  const rule = { missing, defaults: new Map([...Object.entries(own), ...defaults]) };
  return completed(content, needsOf(textsOf(content).map(({ text }) => text)), rule, noticed);
}

function completed(
  content: Content,
  needs: Needs,
  rule: MissingRule,
  noticed: (content: Content) => Content,
): SentContent {
  const whole = rule.missing === 'default' ? withContentDefaults(content, rule.defaults) : content;
  return { content: noticed(whole), needs, rule };
}

/** What is wrong with a campaign's defaults; a choice of defaults that leaves a needed value without one is half made. */
export function missingProblems(
  contents: readonly Content[],
  { missing, defaults: written }: SaysMissing,
  variables: Variables,
): Problem[] {
  const { defaults, problems } = defaultsOf(written, variables);
  const required = contents.flatMap((content) => personalised(content, variables).needs.required);
  const without = missing === 'default' ? lacksDefault([...new Set(required)], defaults) : [];
  return [
    ...problems,
    ...without.map((name) => ({
      field: 'defaults',
      message: `defaults has no text for ${variables.shown(name)}, which the message needs`,
    })),
  ];
}
