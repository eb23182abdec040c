import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const KEEP_MS = 5 * 60 * 1000;

/** The text of a secret, asked for again after five minutes, so that a changed one counts. */
export function secretText(
  SecretId: string,
  now: () => number,
  client = new SecretsManagerClient({}),
): () => Promise<string> {
  let kept: { readonly text: string; readonly until: number } | undefined;
  return async () => {
    if (kept && now() < kept.until) return kept.text;
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
    kept = { text: SecretString, until: now() + KEEP_MS };
    return SecretString;
  };
}
