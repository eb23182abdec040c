import type { Ctx } from '../../shared/context.ts';
import type { Problem } from '../../shared/errors.ts';
import type { RenderContext } from '../../shared/rendering/context.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import type { Definition } from '../campaign.ts';
import type { Content } from '../content.ts';
import { type KakaoCheck, lengthProblems } from './lengths.ts';
import type { SentContent } from './sent-content.ts';
import { type Audience, knownWith, type SurveyDeps, surveyAudience } from './survey.ts';
import { LimitWatch, type TooLong } from './too-long.ts';
import type { Variables } from './variables.ts';

export interface JudgeLengthsDeps extends SurveyDeps {
  /** A variant's content as it is sent (saying/prepare.ts). */
  readonly sent: (says: Definition, content: Content) => Promise<SentContent>;
  readonly variables: Variables;
  readonly kakao: KakaoCheck;
  readonly moment: (now: number) => RenderContext;
}

export interface LengthVerdict {
  /** Members whose values were looked at; all of them when not `sampled`. */
  readonly looked: number;
  readonly sampled: boolean;
  /** Limits that some member's message would break, by field of the campaign. */
  readonly problems: readonly Problem[];
}

/**
 * Whether every message of a campaign keeps to its channel's limits for the audience it is about to go to (spec §4, §6):
 * limits hold after substitution, label and opt-out text counted. `given`: values that everybody has, as the longest code
 * of a coupon pool. Beside the longest values together, which may be nobody's, each member's own message is rendered: a
 * text may say more to those whose values are short.
 */
export async function judgeLengths(
  deps: JudgeLengthsDeps,
  ctx: Ctx,
  says: Definition,
  audience: Audience,
  given: DottedValues = {},
): Promise<LengthVerdict> {
  const sent = await Promise.all(says.variants.map(({ content }) => deps.sent(says, content)));
  const { variables, kakao } = deps;
  const isKnown = knownWith(given);
  const watches = sent.map(({ content }) => {
    const moment = deps.moment(ctx.now);
    return new LimitWatch({ channel: says.channel, content, moment, kakao, isKnown });
  });
  const surveys = await surveyAudience(deps, audience, sent, given, (index, userId, values) =>
    watches[index]?.look(userId, values),
  );
  const problems = sent.flatMap(({ content }, index) => {
    const survey = surveys[index];
    const moment = deps.moment(ctx.now);
    const worst = survey
      ? lengthProblems({ channel: says.channel, content, survey, moment, variables, kakao })
      : [];
    const own = [...(watches[index]?.found.values() ?? [])].map(ofMember);
    const found = [...worst, ...own.filter(({ field }) => !worst.some((other) => other.field === field))];
    return sent.length === 1 ? found : found.map((problem) => within(`variants.${index}`, problem));
  });
  const [{ looked, sampled } = { looked: 0, sampled: false }] = surveys;
  return { looked, sampled, problems };
}

const ofMember = ({ problem: { field, message }, userId }: TooLong): Problem => ({
  field,
  message: `${message} (member ${userId})`,
});

const within = (at: string, { field, message }: Problem): Problem => ({
  field: `${at}.${field}`,
  message: `${at}: ${message}`,
});
