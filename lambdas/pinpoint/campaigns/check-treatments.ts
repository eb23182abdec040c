import type { WriteCampaignRequest, WriteTreatmentResource } from '@aws-sdk/client-pinpoint';
import { notYetIn, percentProblems, shareProblems, tooLong } from './checks.ts';
import { BUCKETS } from './split.ts';
import { bucketsOf, MAX_TREATMENTS } from './treatments.ts';

const MAX_ADDITIONAL = MAX_TREATMENTS - 1;
const MAX_NAME = 256;

type Shares = Pick<WriteCampaignRequest, 'HoldoutPercent' | 'AdditionalTreatments' | 'TreatmentName'>;

/** What is wrong with the holdout and the additional treatments; the default treatment has what they leave. */
export function treatmentProblems(request: Shares): string[] {
  const { HoldoutPercent: holdout, AdditionalTreatments: treatments = [] } = request;
  const problems = [
    ...percentProblems('HoldoutPercent', holdout),
    ...tooLong('TreatmentName', request.TreatmentName, MAX_NAME),
  ];
  if (treatments.length > MAX_ADDITIONAL)
    problems.push(`AdditionalTreatments are ${treatments.length}; at most ${MAX_ADDITIONAL} are allowed`);
  problems.push(...treatments.slice(0, MAX_ADDITIONAL).flatMap(additionalProblems));
  const total = treatments.reduce((sum, { SizePercent }) => sum + bucketsOf(SizePercent), bucketsOf(holdout));
  if (total > BUCKETS)
    problems.push(
      `HoldoutPercent and SizePercent add up to ${(total * 100) / BUCKETS}; at most 100 are allowed`,
    );
  return problems;
}

function additionalProblems(treatment: WriteTreatmentResource, index: number): string[] {
  const at = `AdditionalTreatments[${index}].`;
  return [
    ...shareProblems(`${at}SizePercent`, treatment.SizePercent),
    ...tooLong(`${at}TreatmentName`, treatment.TreatmentName, MAX_NAME),
    ...notYetIn(at, treatment, ['Schedule']),
  ];
}
