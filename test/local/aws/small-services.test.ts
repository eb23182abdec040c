import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type Invoke, startLambdaApi } from '../../../local/aws/lambda-api/index.ts';
import { secretArn, startSecrets } from '../../../local/aws/secrets/index.ts';
import { generated } from '../../../local/aws/secrets/random-password.ts';
import { startSts } from '../../../local/aws/sts/index.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const dir = mkdtempSync(join(tmpdir(), 'small-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('the local Secrets Manager', () => {
  const secrets = [
    {
      Name: 'repoint-local-engine-keys',
      GenerateSecretString: {
        SecretStringTemplate: '{"user":"engine"}',
        GenerateStringKey: 'secret',
        ExcludePunctuation: true,
        PasswordLength: 40,
      },
    },
  ];
  const SecretId = 'repoint-local-engine-keys';

  test('a generated value is made once, kept, and readable by its owner only', async () => {
    const first = await startSecrets({ dir, secrets });
    const value = first.value(SecretId);
    await first.close();
    const second = await startSecrets({ dir, secrets });
    expect(second.value(SecretId)).toBe(value);
    expect(JSON.parse(value)).toMatchObject({
      user: 'engine',
      secret: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
    });
    const files = readdirSync(join(dir, 'secrets'));
    expect(statSync(join(dir, 'secrets', files[0] ?? '')).mode & 0o077).toBe(0);
    await second.close();
  });

  test('a value is read by name and ARN, replaced, and the one before stays reachable', async () => {
    const running = await startSecrets({ dir, secrets });
    const client = new SecretsManagerClient({ endpoint: running.url, credentials });
    const arn = running.arns[SecretId] ?? '';
    expect(arn).toBe(secretArn(SecretId));
    const before = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: 'new' }));
    expect((await client.send(new GetSecretValueCommand({ SecretId }))).SecretString).toBe('new');
    const previous = await client.send(
      new GetSecretValueCommand({ SecretId: arn, VersionStage: 'AWSPREVIOUS' }),
    );
    expect(previous.SecretString).toBe(before.SecretString);
    const described = await client.send(new DescribeSecretCommand({ SecretId }));
    expect(
      Object.values(described.VersionIdsToStages ?? {})
        .flat()
        .sort(),
    ).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await running.close();
  });

  test('generated passwords keep to what was asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 64 }),
        fc.boolean(),
        fc.boolean(),
        (PasswordLength, ExcludePunctuation, ExcludeUppercase) => {
          const value = generated({
            PasswordLength,
            ExcludePunctuation,
            ExcludeUppercase,
            ExcludeCharacters: 'abc0',
          });
          expect(value).toHaveLength(PasswordLength);
          expect(value).not.toMatch(/[abc0]/);
          expect(value).toMatch(/[1-9]/);
          expect(/[^A-Za-z0-9]/.test(value)).toBe(!ExcludePunctuation);
          expect(/[A-Z]/.test(value)).toBe(!ExcludeUppercase);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('the local STS', () => {
  test('an assumed role gives credentials that end on the local clock', async () => {
    const nowMs = Date.now();
    const sts = await startSts({ clock: { now: () => nowMs } });
    const client = new STSClient({ endpoint: sts.url, credentials });
    const { Credentials, AssumedRoleUser } = await client.send(
      new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::000000000000:role/repoint-local-import',
        RoleSessionName: 'import',
        DurationSeconds: 900,
      }),
    );
    expect(Credentials?.Expiration?.getTime()).toBe(nowMs + 900_000);
    expect(Credentials?.SessionToken).toBeTruthy();
    expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::000000000000:assumed-role/repoint-local-import/import');
    expect((await client.send(new GetCallerIdentityCommand({}))).Account).toBe('000000000000');
    await expect(
      client.send(new AssumeRoleCommand({ RoleArn: 'nonsense', RoleSessionName: 'import' })),
    ).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(client.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
    });
    await sts.close();
  });
});

describe('the local Lambda Invoke', () => {
  const seen: unknown[] = [];
  const invoke: Invoke = async (name, payload, type) => {
    seen.push({ name, payload, type });
    if (name === 'breaks') return { payload: { errorMessage: 'no' }, functionError: 'Unhandled' };
    return name === 'echo' ? { payload } : undefined;
  };
  const sent = async (input: ConstructorParameters<typeof InvokeCommand>[0]) => {
    const api = await startLambdaApi({ invoke });
    const client = new LambdaClient({ endpoint: api.url, credentials });
    try {
      return await client.send(new InvokeCommand(input));
    } finally {
      client.destroy();
      await api.close();
    }
  };

  test('a function is found by name and by ARN, and its answer comes back', async () => {
    for (const FunctionName of ['echo', 'arn:aws:lambda:ap-northeast-2:000000000000:function:echo']) {
      const answer = await sent({ FunctionName, Payload: Buffer.from('{"a":"é"}') });
      expect(answer.StatusCode).toBe(200);
      expect(answer.Payload?.transformToString()).toBe('{"a":"é"}');
    }
  });

  test('an event is taken without its answer', async () => {
    const answer = await sent({ FunctionName: 'echo', InvocationType: 'Event', Payload: Buffer.from('[1]') });
    expect(answer.StatusCode).toBe(202);
    expect(seen.at(-1)).toEqual({ name: 'echo', payload: [1], type: 'Event' });
  });

  test('an error of the function is told as such, an unknown function as not found', async () => {
    expect((await sent({ FunctionName: 'breaks' })).FunctionError).toBe('Unhandled');
    await expect(sent({ FunctionName: 'nobody' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining('function:nobody'),
    });
  });

  test('what it does not do is refused', async () => {
    await expect(sent({ FunctionName: 'echo', InvocationType: 'DryRun' })).rejects.toThrow(/DryRun/);
    await expect(sent({ FunctionName: 'echo', LogType: 'Tail' })).rejects.toThrow(/log-type/);
  });
});
