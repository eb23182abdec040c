import { describe, expect, it } from 'vitest';
import { MIN_KEY_LENGTH } from '../../lambdas/events/pseudonym.ts';
import { resources } from '../support/template.ts';

const NAME = 'repoint-test-pii-key';
const [secret] = resources('AWS::SecretsManager::Secret').filter(
  ({ Properties }) => Properties['Name'] === NAME,
);
const knowing = resources('AWS::Lambda::Function').filter(({ Properties }) => {
  const { Variables = {} } = (Properties['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
  return Variables['PII_KEY_SECRET'] === NAME;
});

describe('the key for personal properties', () => {
  it('is made by AWS, long enough, and outlives the stack', () => {
    expect(secret?.Properties['GenerateSecretString']).toMatchObject({ PasswordLength: 2 * MIN_KEY_LENGTH });
    expect(secret?.DeletionPolicy).toMatch(/^Retain/);
    expect(secret?.Properties).not.toHaveProperty('SecretString');
  });

  it('is known to the functions that judge events, and to no other', () => {
    expect(knowing.map(({ Properties }) => Properties['FunctionName']).sort()).toEqual([
      'repoint-test-events-api',
      'repoint-test-events-quarantine',
    ]);
  });
});
