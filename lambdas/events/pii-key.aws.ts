import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { count, logger } from '../shared/telemetry.ts';
import { type Pseudonym, type Pseudonyms, pseudonymOf } from './pseudonym.ts';

/** Whoever sent the events waits. */
const SOON = { maxAttempts: 2, requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000 } };

/**
 * Hashes with the key that a secret holds. It is read when the first event needs it and kept as long as the function
 * lives; where it cannot be read the next event that needs it asks again.
 */
export function secretPseudonyms(SecretId: string, given?: SecretsManagerClient): Pseudonyms {
  let client = given;
  let kept: Promise<Pseudonym | undefined> | undefined;
  const read = async (): Promise<Pseudonym | undefined> => {
    try {
      client ??= new SecretsManagerClient(SOON);
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
      return pseudonymOf(SecretString);
    } catch (error) {
      logger.error('the key for personal properties cannot be read', { error: error as Error });
      count('PiiKeyUnreadable');
      kept = undefined;
      return undefined;
    }
  };
  return () => {
    kept ??= read();
    return kept;
  };
}
