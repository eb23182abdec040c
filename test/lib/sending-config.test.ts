import { describe, expect, it } from 'vitest';
import { CAMPAIGNS_ENV } from '../../lambdas/campaigns/env.ts';
import { sendSettings } from '../../lambdas/campaigns/sends/send-settings.ts';
import { checkConfig } from '../../lib/check-config.ts';
import type { SendingConfig } from '../../lib/config.ts';
import { TEST_CONFIG } from '../support/synthesize.ts';
import { resources } from '../support/template.ts';

const checked = (sending: Partial<SendingConfig>) => checkConfig({ ...TEST_CONFIG, sending }).sending;

describe('how a deployment sends', () => {
  it('makes up for less than six hours, and goes as fast as possible, unless it says otherwise', () => {
    expect(checkConfig(TEST_CONFIG).sending).toEqual({ missedAfterMinutes: 360 });
    expect(checked({ ratePerMinute: 5000 })).toEqual({ missedAfterMinutes: 360, ratePerMinute: 5000 });
  });

  it.each<[string, Partial<SendingConfig>]>([
    ['missedAfterMinutes', { missedAfterMinutes: 0 }],
    ['missedAfterMinutes', { missedAfterMinutes: 24 * 60 + 1 }],
    ['missedAfterMinutes', { missedAfterMinutes: 1.5 }],
    ['heldFromMembers', { heldFromMembers: 0 }],
    ['ratePerMinute', { ratePerMinute: 0 }],
    ['ratePerMinute', { ratePerMinute: 1_200_001 }],
  ])('does not take %s of %j', (field, sending) => {
    expect(() => checked(sending)).toThrow(`sending.${field}`);
  });

  it('is what the functions that send are told', () => {
    const told = resources('AWS::Lambda::Function').flatMap(({ Properties }) => {
      const { Variables } = (Properties['Environment'] ?? {}) as { Variables?: Record<string, string> };
      const json = Variables?.[CAMPAIGNS_ENV.sending];
      return json === undefined ? [] : [sendSettings(json)];
    });
    expect(told.length).toBeGreaterThan(1);
    for (const { missedAfterMs, settings } of told) {
      expect(missedAfterMs).toBe(6 * 3_600_000);
      expect(settings.policyFunction).toBe('repoint-test-campaigns-policy');
    }
  });
});
