import { number, oneOf, type Shape, struct } from '../wire/shape.ts';
import { FAULTS, FAULTS_OF, type FaultKind, type FaultOrder } from './faults.ts';
import type { EmailQuota } from './quota.ts';
import { invalid } from './refusal.ts';

const fault = struct(
  { channel: oneOf('push', 'email', 'sms', 'kakao'), kind: oneOf(...FAULTS) },
  { share: number, count: number },
);
const quota = struct({ email: struct({}, { maxSendRate: number, max24HourSend: number }) }, {});

export function requireShare(share: number): void {
  if (!(share >= 0 && share <= 1)) throw invalid(`share is ${share}; 0 to 1 is allowed`);
}

export function requireWhole(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw invalid(`${name} is ${value}; a whole number of at least ${least} is allowed`);
}

/** A fault to order; undefined for `{}`, which clears them all. Throws ShapeError and Refusal. */
export const faultOrder: Shape<FaultOrder | undefined> = (value, at) => {
  if (JSON.stringify(value) === '{}') return undefined;
  const { channel, kind, share = 1, count } = fault(value, at);
  const known: readonly FaultKind[] = FAULTS_OF[channel];
  if (!known.includes(kind))
    throw invalid(`The provider of ${channel} never answers ${kind}; ${known.join(', ')} can be ordered`);
  requireShare(share);
  if (count !== undefined) requireWhole('count', count, 1);
  return { channel, kind, share, ...(count !== undefined && { count }) };
};

/** What changes of the e-mail quota. Throws ShapeError and Refusal. */
export const quotaChange: Shape<Partial<EmailQuota>> = (value, at) => {
  const { email } = quota(value, at);
  const { maxSendRate, max24HourSend } = email;
  if (maxSendRate !== undefined && !(maxSendRate >= 0))
    throw invalid(`maxSendRate is ${maxSendRate}; 0 or more is allowed`);
  // SES says -1 where there is no limit.
  if (max24HourSend !== undefined) requireWhole('max24HourSend', max24HourSend, -1);
  return email;
};
