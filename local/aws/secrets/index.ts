import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { AwsError } from '../../wire/aws-error.ts';
import { awsJson } from '../../wire/aws-json.ts';
import { serve } from '../../wire/server.ts';
import { anything, list, type Shape, struct, text } from '../../wire/shape.ts';
import { generated, generation } from './random-password.ts';
import { type Secret, type SecretStore, type SecretVersion, secretArn, secretStore } from './store.ts';

export { secretArn } from './store.ts';

interface SecretsOptions {
  /** The secrets live in `<dir>/secrets`. */
  readonly dir: string;
  /** Resolved properties of AWS::SecretsManager::Secret. */
  readonly secrets: readonly unknown[];
  readonly clock?: Clock;
}

export interface Secrets {
  readonly url: string;
  /** ARN by secret name. */
  readonly arns: Readonly<Record<string, string>>;
  /** The current text of a secret, by name or ARN. */
  value(id: string): string;
  close(): Promise<void>;
}

const secretProperties = struct(
  { Name: text },
  {
    Description: text,
    SecretString: text,
    GenerateSecretString: generation,
    KmsKeyId: anything,
    ReplicaRegions: anything,
    Tags: anything,
  },
);

const current = 'AWSCURRENT';

function create(store: SecretStore, properties: ReturnType<typeof secretProperties>, now: number): Secret {
  const name = properties.Name;
  const text = properties.SecretString ?? generated(properties.GenerateSecretString ?? {});
  const secret: Secret = {
    name,
    arn: secretArn(name),
    createdAtMs: now,
    ...(properties.Description !== undefined && { description: properties.Description }),
    versions: [{ id: randomUUID(), stages: [current], createdAtMs: now, text }],
  };
  store.write(secret);
  return secret;
}

function found(store: SecretStore, id: string): Secret {
  const secret = store.find(id);
  if (secret) return secret;
  throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

function versionOf(secret: Secret, id: string | undefined, stage: string | undefined): SecretVersion {
  const wantedStage = stage ?? (id === undefined ? current : undefined);
  const version = secret.versions.find(
    (candidate) =>
      (id === undefined || candidate.id === id) &&
      (wantedStage === undefined || candidate.stages.includes(wantedStage)),
  );
  if (version) return version;
  throw new AwsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${id ? `VersionId: ${id}` : `staging label: ${wantedStage}`}`,
  );
}

const valueMembers = ({ text, binary }: SecretVersion) => ({
  ...(text !== undefined && { SecretString: text }),
  ...(binary !== undefined && { SecretBinary: binary }),
});

/** Moves stages to a new version; what was current becomes previous. */
function withVersion(secret: Secret, version: SecretVersion): Secret {
  const taken = new Set(version.stages);
  const movesCurrent = taken.has(current);
  const older = secret.versions.map((other) => {
    const wasCurrent = movesCurrent && other.stages.includes(current);
    const kept = other.stages.filter(
      (stage) => !taken.has(stage) && !(movesCurrent && stage === 'AWSPREVIOUS'),
    );
    return { ...other, stages: wasCurrent ? [...kept, 'AWSPREVIOUS'] : kept };
  });
  return { ...secret, versions: [version, ...older] };
}

const input = <T>(shape: Shape<T>, run: (request: T) => unknown) => {
  return (request: unknown): unknown => run(shape(request, ''));
};

function operations(store: SecretStore, now: () => number) {
  return {
    GetSecretValue: input(
      struct({ SecretId: text }, { VersionId: text, VersionStage: text }),
      ({ SecretId, VersionId, VersionStage }) => {
        const secret = found(store, SecretId);
        const version = versionOf(secret, VersionId, VersionStage);
        return {
          ARN: secret.arn,
          Name: secret.name,
          VersionId: version.id,
          VersionStages: version.stages,
          CreatedDate: version.createdAtMs / 1000,
          ...valueMembers(version),
        };
      },
    ),
    DescribeSecret: input(struct({ SecretId: text }, {}), ({ SecretId }) => {
      const secret = found(store, SecretId);
      return {
        ARN: secret.arn,
        Name: secret.name,
        ...(secret.description !== undefined && { Description: secret.description }),
        CreatedDate: secret.createdAtMs / 1000,
        LastChangedDate: Math.max(...secret.versions.map(({ createdAtMs }) => createdAtMs)) / 1000,
        VersionIdsToStages: Object.fromEntries(secret.versions.map(({ id, stages }) => [id, stages])),
      };
    }),
    PutSecretValue: input(
      struct(
        { SecretId: text },
        { ClientRequestToken: text, SecretString: text, SecretBinary: text, VersionStages: list(text) },
      ),
      (request) => {
        const secret = found(store, request.SecretId);
        const version: SecretVersion = {
          id: request.ClientRequestToken ?? randomUUID(),
          stages: request.VersionStages ?? [current],
          createdAtMs: now(),
          ...(request.SecretString !== undefined && { text: request.SecretString }),
          ...(request.SecretBinary !== undefined && { binary: request.SecretBinary }),
        };
        const before = secret.versions.find(({ id }) => id === version.id);
        if (before && digest(before) !== digest(version))
          throw new AwsError('ResourceExistsException', `Version ${version.id} exists with another value`);
        if (!before) store.write(withVersion(secret, version));
        const { stages } = before ?? version;
        return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: stages };
      },
    ),
  };
}

const digest = ({ text, binary }: SecretVersion): string =>
  createHash('sha256')
    .update(JSON.stringify([text, binary]))
    .digest('hex');

/** Secrets Manager on files: generated values are made at the first start and kept. */
export async function startSecrets(options: SecretsOptions): Promise<Secrets> {
  const now = (): number => options.clock?.now() ?? Date.now();
  const store = secretStore(join(options.dir, 'secrets'));
  const secrets = options.secrets.map((properties) => {
    const wanted = secretProperties(properties, '');
    const secret = store.read(wanted.Name) ?? create(store, wanted, now());
    store.remember(secret);
    return secret;
  });
  const server = await serve(
    awsJson({
      target: 'secretsmanager',
      version: '1.1',
      operations: operations(store, now),
      invalid: (message) => new AwsError('InvalidParameterException', message),
    }),
  );
  return {
    url: server.url,
    arns: Object.fromEntries(secrets.map(({ name, arn }) => [name, arn])),
    value: (id) => versionOf(found(store, id), undefined, undefined).text ?? '',
    close: server.close,
  };
}
