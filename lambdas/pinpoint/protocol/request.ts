import { bytesOf } from '../../shared/utf8.ts';
import { suggestion } from '../../shared/validation.ts';
import { checked, queryValue, type Report } from './check.ts';
import { badRequest, PinpointError } from './errors.ts';
import type { Match } from './router.ts';
import { type Member, membersOf, type OperationSchema } from './shape.ts';

/** Pinpoint's largest request: a batch of endpoints of 7 MB (pinpoint.md §2.2). */
export const MAX_BODY_BYTES = 7 * 1024 * 1024;
const MAX_PROBLEMS = 10;

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Percent-encoded, as the client sent it. */
  readonly rawPath: string;
  /** Decoded names and values; a repeated key has several. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Everything before the first `/v1/` is a stage's or a custom domain's prefix, which clients keep in the path. */
export function apiPath(rawPath: string): string {
  const at = rawPath.indexOf('/v1/');
  return at > 0 ? rawPath.slice(at) : rawPath;
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new PinpointError(
      'BadRequestException',
      `The body is not valid JSON: ${(cause as Error).message}`,
      cause,
    );
  }
}

function bodyMember(schema: OperationSchema, member: Member | undefined, body: string, report: Report) {
  const operation = schema[2];
  if (!member) {
    if (body.trim() !== '') report(`${operation} takes no body`);
    return {};
  }
  if (body.trim() === '') {
    report(`The body is missing: ${operation} takes a ${member.name}`);
    return {};
  }
  return { [member.name]: checked(member.schema, parsedJson(body), '', report) };
}

function queryMembers(
  schema: OperationSchema,
  members: readonly Member[],
  query: WireRequest['query'],
  report: Report,
) {
  const input: Record<string, unknown> = {};
  for (const [name, values] of Object.entries(query)) {
    const member = members.find(({ wireName }) => wireName === name);
    if (member) input[member.name] = queryValue(member.schema, values, name, report);
    else
      report(
        `${name} is not a query parameter of ${schema[2]}${suggestion(
          name,
          members.map(({ wireName }) => wireName),
        )}`,
      );
  }
  for (const member of members) {
    if (member.required && !(member.name in input))
      report(`The query parameter ${member.wireName} is missing`);
  }
  return input;
}

/** The input of the matched operation, in the client's own shape. Throws the modelled error that a bad request gets. */
export function inputOf({ schema, labels }: Match, request: WireRequest): Readonly<Record<string, unknown>> {
  const bytes = bytesOf(request.body);
  if (bytes > MAX_BODY_BYTES) {
    throw new PinpointError(
      'PayloadTooLargeException',
      `The body has ${bytes} bytes; at most ${MAX_BODY_BYTES} are allowed`,
    );
  }
  const problems: string[] = [];
  const report: Report = (problem) => void problems.push(problem);
  const members = membersOf(schema[4]);
  const input = {
    ...labels,
    ...queryMembers(
      schema,
      members.filter(({ place }) => place === 'query'),
      request.query,
      report,
    ),
    ...bodyMember(
      schema,
      members.find(({ place }) => place === 'payload'),
      request.body,
      report,
    ),
  };
  if (problems.length > 0) throw badRequest(summary(problems));
  return input;
}

function summary(problems: readonly string[]): string {
  const more = problems.length - MAX_PROBLEMS;
  return problems.slice(0, MAX_PROBLEMS).join('; ') + (more > 0 ? `; and ${more} more` : '');
}
