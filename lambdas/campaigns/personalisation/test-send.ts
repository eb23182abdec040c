/** A test send: what a variant will say, to listed members and nobody else (spec §4, "Before sending"). Pure. */
import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import type { Problem } from '../../shared/errors.ts';
import type { DottedValues } from '../../shared/rendering/part.ts';
import type { Definition } from '../campaign.ts';
import { treatmentOf } from '../sends/run-request.ts';
import type { Said } from '../sends/said.ts';
import { COUPON } from './variables.ts';

/** Whoever looks at a message before it goes out: more would be a send. */
export const MOST_TESTERS = 20;

/** Tags of a test's Pinpoint campaign: the campaign it shows, in which version, and which of its variants. */
const TEST_TAG = 'repoint:test';
const VERSION_TAG = 'repoint:version';
const VARIANT_TAG = 'repoint:variant';

/** Stands where the member's own code will be: codes are given by real sends, and to nobody for a look. */
export const SOME_COUPON = '[쿠폰 번호]';

export function testerProblems(userIds: readonly string[], field = 'userIds'): Problem[] {
  if (userIds.length > MOST_TESTERS)
    return [
      { field, message: `${field} has ${userIds.length} members; at most ${MOST_TESTERS} are allowed` },
    ];
  const blank = userIds.findIndex((userId) => userId.trim() === '');
  if (userIds.length > 0 && blank < 0) return [];
  const at = userIds.length === 0 ? field : `${field}.${blank}`;
  return [{ field: at, message: `${at} names no member` }];
}

/** The list of an import job: one line a member, each once (CreateImportJob, Format JSON). */
export const testerLines = (userIds: readonly string[]): string =>
  [...new Set(userIds)].map((userId) => `${JSON.stringify({ User: { UserId: userId } })}\n`).join('');

export interface TestSend {
  readonly campaignId: string;
  /** Of the campaign: what the hook looks up. */
  readonly version: number;
  readonly variantId: string;
  /** Of the imported list. */
  readonly segmentId: string;
}

/**
 * The Pinpoint campaign of a test. Texts, notices and values are those of a real send; only its name tells it apart. It
 * bears no `repoint:campaign`, so that it counts in no result and leaves the split of the campaign alone.
 */
export function testRequest(
  { says, asksPolicy }: Said,
  policyFunction: string,
  { campaignId, version, variantId, segmentId }: TestSend,
): WriteCampaignRequest {
  const variant = says.variants.find(({ id }) => id === variantId);
  return {
    Name: `[TEST] ${says.name}`,
    SegmentId: segmentId,
    // The import has just made the segment: its first version is the list.
    SegmentVersion: 1,
    Schedule: { StartTime: 'IMMEDIATE' },
    ...treatmentOf(says, variant?.content ?? {}),
    ...(asksPolicy ? { Hook: { LambdaFunctionName: policyFunction, Mode: 'FILTER' as const } } : {}),
    tags: { [TEST_TAG]: campaignId, [VERSION_TAG]: String(version), [VARIANT_TAG]: variantId },
  };
}

/** The test that a Pinpoint campaign is, by its tags; undefined for any other. */
export function testOf(
  tags: Readonly<Record<string, string>>,
): Pick<TestSend, 'campaignId' | 'version' | 'variantId'> | undefined {
  const campaignId = tags[TEST_TAG];
  if (campaignId === undefined) return undefined;
  return { campaignId, version: Number(tags[VERSION_TAG]), variantId: tags[VARIANT_TAG] ?? '0' };
}

/**
 * What a campaign says as the hook is to judge its test: testers asked for the message, so that neither consent nor night
 * nor caps keep it back, nobody is counted, and no code is given. Its one treatment is the variant that is shown.
 */
export function saysInTest(
  { coupon: _, ...says }: Definition,
  variantId: string,
): { readonly says: Definition; readonly given: DottedValues } {
  const shown = says.variants
    .filter(({ id }) => id === variantId)
    .map((variant) => ({ ...variant, id: '0' }));
  return {
    says: { ...says, purpose: 'informational', policy: { ...says.policy, caps: {} }, variants: shown },
    given: { [COUPON]: [SOME_COUPON] },
  };
}
