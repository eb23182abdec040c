/** A test send: what a variant will say, to listed members and nobody else (spec §4, "Before sending"). Pure. */
import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import type { Problem } from '../../shared/errors.ts';
import type { Definition } from '../campaign.ts';
import type { Variant } from '../content.ts';
import type { RunSettings } from '../sends/run-request.ts';

/** Whoever looks at a message before it goes out: more would be a send. */
export const MOST_TESTERS = 20;

/** Marks the Pinpoint campaign of a test: its value is the campaign's id. The hook knows by it that nobody is counted. */
export const TEST_TAG = 'repoint:test';
const VARIANT_TAG = 'repoint:variant';

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

/**
 * The Pinpoint campaign of a test. Texts, notices and values are those of a real send; only its name tells it apart, and
 * it bears no `repoint:campaign`, so that it counts in no result and leaves the split of the campaign alone.
 */
export function testRequest(
  settings: Pick<RunSettings, 'treatmentOf' | 'policyFunction' | 'asksPolicy'>,
  { campaignId, says, variant, segmentId }: TestSend,
): WriteCampaignRequest {
  return {
    Name: `[TEST] ${says.name}`,
    SegmentId: segmentId,
    // The import has just made the segment: its first version is the list.
    SegmentVersion: 1,
    Schedule: { StartTime: 'IMMEDIATE' },
    ...settings.treatmentOf(says, variant.content),
    ...(settings.asksPolicy(says)
      ? { Hook: { LambdaFunctionName: settings.policyFunction, Mode: 'FILTER' as const } }
      : {}),
    tags: { [TEST_TAG]: campaignId, [VARIANT_TAG]: variant.id },
  };
}

export interface TestSend {
  readonly campaignId: string;
  readonly says: Definition;
  readonly variant: Variant;
  /** Of the imported list. */
  readonly segmentId: string;
}
