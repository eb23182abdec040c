import { describe, expect, it } from 'vitest';
import { PERSONALISATION_ENV } from '../../lambdas/campaigns/env.ts';
import { amountText } from '../../lambdas/campaigns/personalisation/amount-text.ts';
import { personalisationSettings } from '../../lambdas/campaigns/personalisation/settings.ts';
import { translated } from '../../lambdas/campaigns/personalisation/short-forms.ts';
import { checkConfig } from '../../lib/check-config.ts';
import type { PersonalisationConfig } from '../../lib/config.ts';
import { TEST_CONFIG } from '../support/synthesize.ts';
import { resources } from '../support/template.ts';

const checked = (personalisation: Partial<PersonalisationConfig>) =>
  checkConfig({ ...TEST_CONFIG, personalisation }).personalisation;
const settings = (more: object) =>
  personalisationSettings(JSON.stringify({ attributeLabels: {}, currency: 'KRW', locale: 'ko-KR', ...more }));

describe('what texts may call members’ attributes', () => {
  const { variables } = settings({ attributeLabels: { 등급: 'grade', 이름: 'nickname' } });

  it('is what the operator labelled, shown by that name', () => {
    expect(translated('#{등급} #{ 등급 }', variables).text).toBe(
      '{{User.UserAttributes.grade}} {{User.UserAttributes.grade}}',
    );
    expect(variables.shown('User.UserAttributes.grade')).toBe('#{등급}');
  });

  it('does not hide a name of ours', () => {
    expect(translated('#{이름}', variables).text).toBe('{{User.UserAttributes.name}}');
  });

  it('suggests labels for a name that nothing has', () => {
    expect(translated('#{등급명}', variables).problems).toEqual([
      'there is no variable #{등급명}; nearest: #{등급}',
    ]);
  });

  it.each(['', ' 등급', '등{급', '등#급', '등\n급', 'x'.repeat(51)])(
    'does not take the label %j',
    (label) => {
      expect(() => checked({ attributeLabels: { [label]: 'grade' } })).toThrow(
        'personalisation.attributeLabels',
      );
    },
  );

  it.each(['', 'a]b', 'a{b', '[0]'])('does not take the attribute %j', (attribute) => {
    expect(() => checked({ attributeLabels: { 등급: attribute } })).toThrow(
      'personalisation.attributeLabels.등급',
    );
  });

  it('does not take two labels that texts cannot tell apart', () => {
    expect(() => checked({ attributeLabels: { 'My Grade': 'a', 'my  grade': 'b' } })).toThrow(/apart/);
  });
});

describe('how a deployment writes amounts', () => {
  it('is in its own currency, as its locale does', () => {
    const { money } = settings({ currency: 'EUR', locale: 'de-DE' });
    expect(amountText(1234.5, 'EUR', undefined, money)).toBe('1.234,50');
    expect(amountText(1234.5, undefined, undefined, money)).toBe('1.234,50');
    expect(amountText(1000, 'KRW', undefined, money)).toContain('₩');
  });

  it.each(['', 'korean!', 'xx-invalid-locale-zzzzzzzzz'])('does not take the locale %j', (locale) => {
    expect(() => checked({ locale })).toThrow('personalisation.locale');
  });

  it('is told to every function that reads texts, with the currency of the deployment', () => {
    const told = resources('AWS::Lambda::Function').flatMap(({ Properties }) => {
      const { Variables } = (Properties['Environment'] ?? {}) as { Variables?: Record<string, string> };
      const json = Variables?.[PERSONALISATION_ENV.personalisation];
      return json === undefined ? [] : [[String(Properties['FunctionName']), personalisationSettings(json)]];
    });
    expect(told.map(([name]) => name).sort()).toEqual(
      ['advance', 'api', 'estimate', 'policy', 'preview', 'templates', 'test'].map(
        (name) => `repoint-test-campaigns-${name}`,
      ),
    );
    for (const [, one] of told) expect(one).toMatchObject({ money: { currency: 'KRW', locale: 'ko-KR' } });
  });
});
