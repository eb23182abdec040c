import { describe, expect, it } from 'vitest';
import { CHANNELS } from '../../lambdas/campaigns/content.ts';
import { checkConfig } from '../../lib/check-config.ts';
import { CAPPED_CHANNELS, type PolicyConfig } from '../../lib/config.ts';
import { TEST_CONFIG } from '../support/synthesize.ts';

const checked = (policy: Partial<PolicyConfig>) => checkConfig({ ...TEST_CONFIG, policy }).policy;

describe('the policy of a deployment', () => {
  it('is Korea’s law, labelled, without caps, unless it says otherwise', () => {
    expect(checkConfig(TEST_CONFIG).policy).toEqual({
      country: 'KR',
      label: true,
      nightExemptions: false,
      defaultCaps: {},
      cappedPurposes: 'all',
    });
    expect(checked({ optOutText: '무료거부 080-000-0000', defaultCaps: { perDay: 2 } })).toMatchObject({
      country: 'KR',
      optOutText: '무료거부 080-000-0000',
      defaultCaps: { perDay: 2 },
    });
  });

  it('counts the characters of the opt-out text as a reader does: 30 and no more', () => {
    expect(() => checked({ optOutText: '👨‍👩‍👧'.repeat(30) })).not.toThrow();
    expect(() => checked({ optOutText: '가'.repeat(31) })).toThrow(/optOutText .*31/);
  });

  it.each(['', ' 수신거부', '수신\n거부', '{{User.UserId}}', '#{회원 이름}'])(
    'does not take the opt-out text %j',
    (optOutText) => {
      expect(() => checked({ optOutText })).toThrow('policy.optOutText');
    },
  );

  it('tells every wrong cap at once', () => {
    const wrong = () =>
      checked({
        defaultCaps: {
          perDay: 0,
          perWeek: 1.5,
          channels: { sms: { perDay: 3, perWeek: 2 }, fax: {} } as never,
        },
        cappedPurposes: 'none' as never,
        country: 'XX' as never,
      });
    for (const told of [
      'policy.defaultCaps.perDay 0',
      'policy.defaultCaps.perWeek 1.5',
      'policy.defaultCaps.channels.sms: perWeek 2 is less than perDay 3',
      'channels "fax"',
      'policy.cappedPurposes "none"',
      'policy.country "XX"',
    ])
      expect(wrong).toThrow(told);
  });

  it('knows the channels that campaigns know', () => {
    expect([...CAPPED_CHANNELS]).toEqual([...CHANNELS]);
  });
});
