import { describe, expect, it } from 'vitest';
import { outcomeOfError } from '../../../lambdas/pinpoint/channels/failure.ts';
import { inHalves } from '../../../lambdas/pinpoint/channels/in-halves.ts';

const refusal = (name: string, httpStatusCode = 400) =>
  Object.assign(new Error('no'), { name, $fault: 'client', $metadata: { httpStatusCode } });

describe('a call that a provider refuses', () => {
  it.each([
    ['ThrottlingException', 'throttled'],
    ['TooManyRequestsException', 'throttled'],
    ['LimitExceededException', 'throttled'],
    ['SendingPausedException', 'transient'],
    ['AccountSuspendedException', 'transient'],
    ['ExpiredTokenException', 'transient'],
    ['RequestTimeTooSkewed', 'transient'],
    ['BadRequestException', 'permanent'],
    ['MailFromDomainNotVerifiedException', 'permanent'],
  ])('as %s is %s: what passes is tried again', (name, kind) => {
    expect(outcomeOfError(refusal(name)).kind).toBe(kind);
  });

  it('is uncertain when the provider failed itself, or did not answer', () => {
    expect(outcomeOfError(refusal('InternalFailure', 500)).kind).toBe('uncertain');
    expect(outcomeOfError(Object.assign(new Error(), { code: 'ECONNRESET' })).kind).toBe('uncertain');
  });

  it.each([
    ['BadRequestException', 7],
    ['MailFromDomainNotVerifiedException', 1],
    ['SendingPausedException', 1],
  ])('as %s is made anew in parts only where parts may fare better', async (name, requests) => {
    let made = 0;
    const call = () => {
      made += 1;
      return Promise.reject(refusal(name));
    };
    expect(await inHalves(['a', 'b', 'c', 'd'], call)).toHaveLength(4);
    expect(made).toBe(requests);
  });
});
