import type { EndpointResponse } from '@aws-sdk/client-pinpoint';
import { checked } from '../protocol/check.ts';
import { OPERATION_SCHEMAS } from '../protocol/schemas.aws.ts';
import { membersOf, type Schema } from '../protocol/shape.ts';
import type { ImportRecord } from './import-record.ts';

/** A line is an endpoint as GetEndpoint answers it, so that what an export wrote can be imported. */
const ENDPOINT: Schema = (() => {
  const schema = OPERATION_SCHEMAS.find(([, , name]) => name === 'GetEndpoint')?.[5] ?? 'unit';
  return membersOf(schema).find(({ place }) => place === 'payload')?.schema ?? 'unit';
})();

/** One line of a JSON file. */
export function jsonRecord(text: string, line: number): ImportRecord {
  if (text.trim() === '') return { line, problem: 'the line is empty' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { line, problem: `not valid JSON: ${(error as Error).message}` };
  }
  const problems: string[] = [];
  const endpoint = checked(ENDPOINT, value, '', (problem) => void problems.push(problem)) as EndpointResponse;
  if (problems.length > 0) return { line, problem: problems.join('; ') };
  // What an application gives an endpoint is given anew.
  const {
    ApplicationId: _app,
    CohortId: _cohort,
    CreationDate: _created,
    RequestId: _request,
    ...own
  } = endpoint;
  return { line, endpoint: own };
}
