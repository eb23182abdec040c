import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { KeyPairs } from './verify.ts';

const KEEP_MS = 5 * 60 * 1000;
/** An unknown key is looked up afresh, so that a new one works at once; not more often than this. */
const ASK_AGAIN_MS = 10 * 1000;

/** Key pairs from a secret whose text is `{ "<accessKeyId>": "<secretAccessKey>" }`, kept for five minutes. */
export function secretKeyPairs(
  secretId: string,
  now: () => number,
  client = new SecretsManagerClient({}),
): KeyPairs {
  let pairs: Readonly<Record<string, string>> = {};
  let readAt = Number.NEGATIVE_INFINITY;
  const refresh = async () => {
    const answer = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    pairs = JSON.parse(answer.SecretString ?? '{}') as Record<string, string>;
    readAt = now();
  };
  return {
    async secretOf(accessKeyId) {
      const age = now() - readAt;
      if (age > (Object.hasOwn(pairs, accessKeyId) ? KEEP_MS : ASK_AGAIN_MS)) await refresh();
      return Object.hasOwn(pairs, accessKeyId) ? pairs[accessKeyId] : undefined;
    },
  };
}
