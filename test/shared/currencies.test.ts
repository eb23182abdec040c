import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plan } from '../../schemas/events/plan/generated/plan.js';
import { CURRENCIES, knowCurrencies } from '../../scripts/currencies.ts';

const ajv = new Ajv2020();
knowCurrencies(ajv);
const isCurrency = ajv.compile({ type: 'string', format: 'iso-4217' });

const order = (currency: unknown) => ({ transaction_id: 'o', revenue: 1, currency });

describe('a currency', () => {
  it.each([
    ['of today', Intl.supportedValuesOf('currency')],
    ['of the past', ['DEM', 'FRF', 'ITL', 'ROL', 'VEB', 'ZWD', 'HRK']],
    ['of the last years', ['SLE', 'VED', 'ZWG', 'XCG', 'XAD']],
    ['for tests and for none', ['XTS', 'XXX']],
  ])('%s is known by its code in ISO 4217', (_, codes) => {
    expect(codes.filter((code) => !isCurrency(code))).toEqual([]);
  });

  it('is no other text', () => {
    const text = fc.oneof(
      fc.constantFrom('WON', 'RMB', 'krw', 'KRWX', 'KR', '', 'KRW\n', ' KRW', '₩'),
      fc.string({ maxLength: 4 }),
      fc.stringMatching(/^[A-Z]{3}$/),
    );
    fc.assert(
      fc.property(text, (code) => {
        expect(isCurrency(code)).toBe(CURRENCIES.includes(code));
      }),
      { numRuns: 1000 },
    );
    expect(CURRENCIES).not.toContain('WON');
  });

  it('of an event is one of them', () => {
    expect(plan['purchase']?.validate(order('KRW'))).toBe(true);
    expect(plan['purchase']?.validate(order('WON'))).toBe(false);
  });

  it('of every event that has one is looked up', () => {
    const told = Object.entries(plan).filter(([, { validate }]) => {
      validate({ currency: 'KRWON' });
      return validate.errors?.some(({ instancePath }) => instancePath === '/currency');
    });
    expect(told.map(([name]) => name)).toEqual([
      'add_to_cart',
      'begin_checkout',
      'purchase',
      'refund',
      'remove_from_cart',
      'select_item',
      'view_item',
    ]);
  });
});
