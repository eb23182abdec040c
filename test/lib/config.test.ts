import { describe, expect, it } from 'vitest';
import { checkConfig, checkStage } from '../../lib/check-config.ts';
import type { RepointConfig } from '../../lib/config.ts';
import local from '../../local/repoint.config.ts';
import example from '../../repoint.config.example.ts';
import { synthesize, TEST_CONFIG } from '../support/synthesize.ts';

const withChange = (change: Partial<RepointConfig>) => () => checkConfig({ ...TEST_CONFIG, ...change });

describe('the configuration', () => {
  it('of the documented example and of the local stage are valid', () => {
    expect(checkConfig(example).allowedCidrs).toHaveLength(2);
    expect(checkConfig(local).account).toBe('000000000000');
  });

  it('does not synthesise with an empty allow-list', () => {
    expect(() => synthesize('test', { ...TEST_CONFIG, allowedCidrs: [] })).toThrow(/allowedCidrs is empty/);
  });

  it.each([
    '203.0.113.7',
    '203.0.113.0/33',
    '203.0.113/24',
    '2001:db8::/129',
    'office',
    '203.0.113.0/24/8',
    '',
  ])('names a CIDR block that is none: %j', (cidr) => {
    expect(withChange({ allowedCidrs: ['203.0.113.0/24', cidr] })).toThrow(`allowedCidrs "${cidr}"`);
  });

  it.each(['0.0.0.0/0', '::/0'])('does not take %s for an allow-list', (cidr) => {
    expect(withChange({ allowedCidrs: [cidr] })).toThrow(/lets everyone in/);
  });

  it.each(['203.0.113.0/24', '198.51.100.7/32', '2001:db8::/32'])('takes %s', (cidr) => {
    expect(withChange({ allowedCidrs: [cidr] })).not.toThrow();
  });

  it.each(['Korea', '+09:00', 'Asia/Pyongyong', ''])('does not take %j for a time zone', (timeZone) => {
    expect(withChange({ timeZone })).toThrow(`timeZone "${timeZone}"`);
  });

  it('is in Seoul unless it says otherwise', () => {
    const { timeZone: _left, ...rest } = TEST_CONFIG;
    expect(checkConfig(rest).timeZone).toBe('Asia/Seoul');
    expect(checkConfig({ ...rest, timeZone: 'America/New_York' }).timeZone).toBe('America/New_York');
  });

  it('names prices and rates that cannot be counted with', () => {
    const price = {
      name: 'n',
      currency: 'KRW',
      unit: 'part',
      per: 1,
      source: 's',
      date: '2026-11-21',
      sure: true,
    } as const;
    const sms = {
      ...price,
      tiers: [
        { upTo: 10, price: 1 },
        { upTo: 5, price: -1 },
      ],
    };
    const wrong = withChange({
      costs: {
        currency: 'WON',
        prices: { sms, fax: { ...price, date: 'today', tiers: [{ price: 1 }] } } as never,
        exchangeRates: { rates: { KRW: 0 }, date: '2026-13-01' },
      },
    });
    for (const field of [
      'costs.currency "WON"',
      'costs.prices.sms.tiers: expected rising',
      'a price of -1',
      'costs.prices "fax"',
      'costs.prices.fax.date "today"',
      'costs.exchangeRates.rates.KRW 0',
      'costs.exchangeRates.date "2026-13-01"',
    ])
      expect(wrong).toThrow(field);
    expect(
      withChange({ costs: { currency: 'JPY', prices: { sms: { ...price, tiers: [{ price: 9 }] } } } }),
    ).not.toThrow();
  });

  it('tells all problems at once', () => {
    const wrong = withChange({
      account: '12',
      alarmEmail: 'nobody',
      retention: { logsDays: 8, streamHours: 23, eventsDays: 0 },
      collector: { allowedOrigins: ['shop.example.com'], burst: 0.5 },
      streamShards: 0,
    });
    for (const field of [
      'account "12"',
      'alarmEmail "nobody"',
      'retention.logsDays 8',
      'retention.streamHours 23',
      'retention.eventsDays 0',
      'collector.allowedOrigins "shop.example.com"',
      'collector.burst 0.5',
      'streamShards 0',
    ])
      expect(wrong).toThrow(field);
  });

  it('keeps the defaults of what is left out of a group', () => {
    expect(checkConfig({ ...TEST_CONFIG, retention: { logsDays: 30 } }).retention).toMatchObject({
      logsDays: 30,
      streamHours: 72,
    });
  });
});

describe('a stage name', () => {
  it.each(['dev', 'prod', 'test', 'local', 'a1'])('may be %s', (stage) => {
    expect(checkStage(stage)).toBe(stage);
  });

  it.each(['', 'Prod', '1st', 'pre-prod', 'a-very-long-stage', 'prod/../x'])('may not be %j', (stage) => {
    expect(() => checkStage(stage)).toThrow(/stage/);
  });
});
