import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretKeyPairs } from '../../../lambdas/pinpoint/auth/key-pairs.aws.ts';
import { type Secrets, startSecrets } from '../../../local/aws/secrets/index.ts';

const dir = mkdtempSync(join(tmpdir(), 'repoint-keys-'));
let secrets: Secrets;
let client: SecretsManagerClient;
beforeAll(async () => {
  secrets = await startSecrets({ dir, secrets: [{ Name: 'keys', SecretString: '{"AK1":"one"}' }] });
  client = new SecretsManagerClient({
    endpoint: secrets.url,
    region: 'ap-northeast-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterAll(async () => {
  client.destroy();
  await secrets.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('the engine’s key pairs', () => {
  it('are those of the secret: a new one works within ten seconds, a removed one stops within five minutes', async () => {
    let now = 1_000_000;
    const keys = secretKeyPairs('keys', () => now, client);
    expect(await keys.secretOf('AK1')).toBe('one');
    expect(await keys.secretOf('AK2')).toBeUndefined();
    expect(await keys.secretOf('toString')).toBeUndefined();

    await client.send(new PutSecretValueCommand({ SecretId: 'keys', SecretString: '{"AK2":"two"}' }));
    now += 10_001;
    expect(await keys.secretOf('AK2')).toBe('two');
    expect(await keys.secretOf('AK1')).toBeUndefined();

    await client.send(new PutSecretValueCommand({ SecretId: 'keys', SecretString: '{}' }));
    now += 5 * 60_000 + 1;
    expect(await keys.secretOf('AK2')).toBeUndefined();
  });
});
