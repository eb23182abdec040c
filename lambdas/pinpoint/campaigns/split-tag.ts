import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { BUCKETS } from './split.ts';

/**
 * The tag that gives a run a part of its segment (docs/pinpoint-api.md, "repoint:split"):
 * `<skip>,<holdout>,<share of treatment 0>,<of treatment 1>,…` in buckets of 0.01 %.
 */
export const SPLIT_TAG = 'repoint:split';

/** Widths in buckets. */
export interface GivenSplit {
  /** Between the holdout and the first share: not of the run's audience. */
  readonly skip: number;
  readonly holdout: number;
  /** By TreatmentId: 0, 1, …. */
  readonly shares: readonly number[];
}

type Split = Pick<WriteCampaignRequest, 'tags' | 'AdditionalTreatments'>;

const NUMBERS = /^(?:0|[1-9]\d{0,4})(?:,(?:0|[1-9]\d{0,4})){2,}$/;
const FORM = `<skip>,<holdout>,<treatment 0>,<treatment 1>,… in whole buckets of 0.01 %, together at most ${BUCKETS}`;

/** The split a campaign's tag gives; undefined without the tag. Checked before (campaigns/validate.ts). */
export function givenSplit({ tags }: Pick<Split, 'tags'>): GivenSplit | undefined {
  const tag = tags?.[SPLIT_TAG];
  if (tag === undefined) return undefined;
  const [skip = 0, holdout = 0, ...shares] = tag.split(',').map(Number);
  return { skip, holdout, shares };
}

/** What is wrong with the tag, if it is given. */
export function splitProblems(request: Split): string[] {
  const tag = request.tags?.[SPLIT_TAG];
  const split = givenSplit(request);
  if (tag === undefined || !split) return [];
  const is = `tags.${SPLIT_TAG} is ${JSON.stringify(tag)}`;
  if (!NUMBERS.test(tag)) return [`${is}; allowed: ${FORM}`];
  const treatments = 1 + (request.AdditionalTreatments?.length ?? 0);
  const total = split.shares.reduce((sum, share) => sum + share, split.skip + split.holdout);
  return [
    ...(split.shares.length === treatments
      ? []
      : [`${is} with shares of ${split.shares.length} treatments; the campaign has ${treatments}`]),
    ...(total > BUCKETS ? [`${is}, ${total} buckets; at most ${BUCKETS} are allowed`] : []),
  ];
}
