import type { Ctx } from '../../shared/context.ts';
import type { RenderContext } from '../../shared/rendering/context.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import type { Definition } from '../campaign.ts';
import type { Content, Variant } from '../content.ts';
import type { AudienceCheck, AudienceVerdict, BrokenLimit } from '../sends/ports.ts';
import type { KakaoCheck } from './lengths.ts';
import { missingFor } from './missing.ts';
import type { SentContent } from './sent-content.ts';
import { audienceValues, isSeen, knownWith, type MemberAttributes, type SurveyDeps } from './survey.ts';
import { LimitWatch, MOST_COUNTED, type TooLong } from './too-long.ts';

export interface CheckDeps extends Pick<SurveyDeps, 'personal'> {
  /** Of those whom the campaign reaches (reached-by.ts). */
  readonly attributes: (says: Definition) => MemberAttributes;
  /** A variant's content as it is sent (saying/prepare.ts). */
  readonly sent: (says: Definition, content: Content) => Promise<SentContent>;
  /** The members of a list, or so many drawn from it as may be looked at. */
  readonly list: (url: string) => Promise<{ readonly sample: readonly string[] }>;
  /** Values that everybody gets, at their longest: a code of the coupon pool. */
  readonly given: (says: Definition) => Promise<DottedValues>;
  readonly kakao: KakaoCheck;
  readonly moment: (now: number) => RenderContext;
}

/** One variant, and what its texts make of the members. */
interface Judged {
  readonly variant: Variant;
  readonly texts: SentContent;
  readonly watch: LimitWatch;
  readonly required: readonly string[];
  skipped: number;
  defaulted: number;
}

/**
 * Renders what a send says for the members of its list before anybody gets it (spec §4: limits hold after substitution, for
 * the real audience), by the code that sends. Everybody is looked at, or those who were drawn. Texts without a member's
 * values are judged once, and nothing is read for them.
 */
export const audienceCheck = (deps: CheckDeps): AudienceCheck => ({
  async of(ctx, says, { url, members }) {
    const given = await deps.given(says);
    const isKnown = knownWith(given);
    const variants = await judgedVariants(deps, ctx, says, isKnown);
    const names = [...new Set(variants.flatMap(({ texts }) => texts.needs.names.filter(isKnown)))];
    if (!names.some(isSeen)) {
      for (const { watch } of variants) watch.look('', given);
      return { looked: 0, sampled: false, defaulted: 0, skipped: 0, tooLong: told(variants, 'everybody') };
    }
    const { sample: userIds } = await deps.list(url);
    let looked = 0;
    const reached = { personal: deps.personal, attributes: deps.attributes(says) };
    for await (const [userId, values] of audienceValues(reached, userIds, names, given)) {
      looked++;
      for (const variant of variants) judge(variant, userId, values);
    }
    const sampled = userIds.length < members;
    return verdictOf(variants, { looked, sampled, members, drawn: userIds.length });
  },
});

const judgedVariants = (
  { sent, kakao, moment }: CheckDeps,
  { now }: Ctx,
  says: Definition,
  isKnown: (name: string) => boolean,
): Promise<Judged[]> =>
  Promise.all(
    says.variants.map(async (variant) => {
      const texts = await sent(says, variant.content);
      const { content, needs } = texts;
      const watch = new LimitWatch({
        channel: says.channel,
        content,
        moment: moment(now),
        kakao,
        isKnown,
      });
      return { variant, texts, watch, required: needs.required.filter(isKnown), skipped: 0, defaulted: 0 };
    }),
  );

/** Who is left out gets no message that could be too long. */
function judge(judged: Judged, userId: string, values: DottedValues): void {
  const { skipping, defaulted } = missingFor(values, judged.required, judged.texts.rule);
  if (skipping.length > 0) {
    judged.skipped++;
    return;
  }
  if (defaulted.length > 0) judged.defaulted++;
  judged.watch.look(userId, values);
}

interface Looked {
  readonly looked: number;
  readonly sampled: boolean;
  readonly members: number;
  readonly drawn: number;
}

function verdictOf(
  variants: readonly Judged[],
  { looked, sampled, members, drawn }: Looked,
): AudienceVerdict {
  const weights = variants.reduce((sum, { variant }) => sum + variant.weight, 0);
  /** Which variant a member gets is not known here: each counts by its share. */
  const shared = (count: (judged: Judged) => number): number =>
    variants.reduce((sum, judged) => sum + (count(judged) * judged.variant.weight) / weights, 0);
  const ofAll = (count: number): number => Math.round((count * members) / drawn);
  const whom = sampled ? `the ${looked} of ${members} members looked at` : `${looked} members`;
  return {
    looked,
    sampled,
    defaulted: ofAll(shared(({ defaulted }) => defaulted)),
    skipped: ofAll(shared(({ skipped }) => skipped)),
    tooLong: told(variants, whom),
  };
}

/** By variant and limit: who breaks it, and how many of `whom`. */
const told = (variants: readonly Judged[], whom: string): readonly BrokenLimit[] =>
  variants.flatMap(({ variant, watch }) =>
    [...watch.found.values()].map((found) => {
      const which = variants.length > 1 ? `variant "${variant.name}": ` : '';
      return {
        at: `${variant.id} ${found.problem.field}`,
        why: `${which}${found.problem.message} (${whose(found, whom)})`,
      };
    }),
  );

function whose({ userId, members }: TooLong, whom: string): string {
  if (userId === '') return whom;
  const count = members >= MOST_COUNTED ? `${members} or more` : String(members);
  return `member ${userId}, ${count} of ${whom}`;
}
