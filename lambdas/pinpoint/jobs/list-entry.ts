import { createHash } from 'node:crypto';
import type { EndpointRequest } from '@aws-sdk/client-pinpoint';
import { checkEndpoint, checkId } from '../endpoints/check-endpoint.ts';
import type { EndpointUpdate } from '../endpoints/update-endpoints.ts';
import type { SegmentLine } from '../ports.ts';
import type { ImportRecord } from './import-record.ts';

/** A good line: what goes into the list, and for an endpoint what to register. */
export interface ListEntry {
  readonly line: number;
  readonly listLine: SegmentLine;
  readonly kind: 'users' | 'endpoints';
  readonly channel?: string;
  readonly update?: EndpointUpdate;
}

export interface BadLine {
  readonly line: number;
  readonly problem: string;
}

/** An endpoint without an id gets one that its address gives: importing a file twice makes no endpoint twice. */
const idOf = (channel: string, address: string): string =>
  createHash('sha256').update(`${channel}\0${address}`).digest('hex').slice(0, 32);

function endpointEntry(
  line: number,
  { Id, ...request }: EndpointRequest & { Id?: string | undefined },
): ListEntry | BadLine {
  const { ChannelType: channel, Address: address, User } = request;
  if (!channel) return { line, problem: 'ChannelType is missing' };
  if (!address) return { line, problem: 'Address is missing' };
  const id = Id ?? idOf(channel, address);
  const problems: string[] = [];
  checkId('Id', id, (problem) => problems.push(problem));
  checkEndpoint(request, '', (problem) => problems.push(problem));
  if (problems.length > 0) return { line, problem: problems.join('; ') };
  const user = User?.UserId === undefined ? {} : { u: User.UserId };
  return {
    line,
    kind: 'endpoints',
    channel,
    listLine: { e: id, ...user, c: channel, a: address },
    update: { id, request },
  };
}

/** A record of only `User.UserId` stands for all endpoints of that user (pinpoint.md §2.4). */
function userEntry(line: number, endpoint: EndpointRequest): ListEntry | BadLine {
  const userId = endpoint.User?.UserId;
  if (!userId) return { line, problem: 'there is neither an address nor a User.UserId' };
  const problems: string[] = [];
  checkId('User.UserId', userId, (problem) => problems.push(problem));
  if (problems.length > 0) return { line, problem: problems.join('; ') };
  return { line, kind: 'users', listLine: { u: userId } };
}

/** Judges one record. A list is of users or of endpoints: `kind` is what the lines before were. */
export function listEntry(record: ImportRecord, kind: ListEntry['kind'] | undefined): ListEntry | BadLine {
  if ('problem' in record) return record;
  const { Id, ChannelType, Address } = record.endpoint;
  const isUser = Id === undefined && ChannelType === undefined && Address === undefined;
  const entry = isUser
    ? userEntry(record.line, record.endpoint)
    : endpointEntry(record.line, record.endpoint);
  if ('problem' in entry || kind === undefined || entry.kind === kind) return entry;
  return {
    line: record.line,
    problem: `the line is one of ${entry.kind}, but the list is one of ${kind}`,
  };
}
