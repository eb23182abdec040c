/** What a campaign's content is when it is sent: the one way there for deliveries, previews and tests. Pure. */
import { RepointError } from '../../shared/errors.ts';
import type { Definition } from '../campaign.ts';
import type { Content } from '../content.ts';
import { defaultsOf } from './defaults.ts';
import type { MissingRule } from './missing.ts';
import type { Needs } from './needs.ts';
import { personalised, withContentDefaults } from './personalise.ts';
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
const ruleOf = ({ missing, defaults }: SaysMissing, variables: Variables): MissingRule => ({
  missing,
  defaults: defaultsOf(defaults, variables).defaults,
});

/**
 * The content as the engine gets it. `noticed` adds the label and the opt-out text. Throws `unprocessable` when a text
 * names what is not there: never sends an empty text in its place.
 */
export function sentContent(
  content: Content,
  says: SaysMissing,
  variables: Variables,
  noticed: (content: Content) => Content,
): SentContent {
  const { content: translated, needs, problems } = personalised(content, variables);
  const text = problems.map(({ message }) => message).join('; ');
  if (problems.length > 0) throw new RepointError('unprocessable', text, { problems });
  const rule = ruleOf(says, variables);
  const whole = rule.missing === 'default' ? withContentDefaults(translated, rule.defaults) : translated;
  return { content: noticed(whole), needs, rule };
}
