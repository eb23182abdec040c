import { describe, expect, it } from 'vitest';
import { emailAddress } from '../../lambdas/members/email.ts';
import { memberChange } from '../../lambdas/members/member-change.ts';
import { timeZoneName } from '../../lambdas/members/time-zone.ts';
import { e164 } from '../../lambdas/shared/phone.ts';

describe('a phone number', () => {
  it.each([
    ['010-0000-1234', '+821000001234'],
    ['01000001234', '+821000001234'],
    ['010 0000 1234', '+821000001234'],
    ['02-000-1234', '+8220001234'],
    ['(031) 000-1234', '+82310001234'],
    ['+82 10-0000-1234', '+821000001234'],
    ['+82 (0)10-0000-1234', '+821000001234'],
    ['+1 (202) 555-0123', '+12025550123'],
  ])('%s is %s', (written, number) => {
    expect(e164(written)).toBe(number);
  });

  it.each(['', '1234', '010-0000', '+0123456789', '+1234567890123456', '010-0000-12345', 'call me'])(
    '%j is none',
    (written) => {
      expect(e164(written)).toBeUndefined();
    },
  );
});

describe('an e-mail address', () => {
  it('has its domain in lower case and its local part untouched', () => {
    expect(emailAddress(' Kim.Lee+Shop@Example.COM ')).toBe('Kim.Lee+Shop@example.com');
  });

  it.each([
    'kim',
    'kim@',
    '@example.com',
    'kim@example',
    'kim@-example.com',
    'k im@example.com',
    'a..b@example.com',
    'kim@exa_mple.com',
  ])('is not %j', (written) => {
    expect(emailAddress(written)).toBeUndefined();
  });
});

describe('a time zone', () => {
  it('is an IANA name', () => {
    expect(timeZoneName('Asia/Seoul')).toBe('Asia/Seoul');
    expect(timeZoneName('asia/seoul')).toBe('Asia/Seoul');
    for (const none of ['Mars/Base', '+09:00', '']) expect(timeZoneName(none)).toBeUndefined();
  });
});

describe('a change of a member', () => {
  it('names every field that has the wrong form', () => {
    const { problems } = memberChange(
      {
        email: 'x',
        phone: '1',
        timeZone: 'Mars/Base',
        attributes: { active: true },
        consents: { push: { advertising: { granted: true, at: 'yesterday' } } },
      },
      0,
    );
    expect(problems?.map(({ field }) => field)).toEqual([
      'email',
      'phone',
      'timeZone',
      'attributes.active',
      'consents.push.advertising.at',
    ]);
  });
});
