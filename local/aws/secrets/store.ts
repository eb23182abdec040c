import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SecretVersion {
  readonly id: string;
  readonly stages: readonly string[];
  readonly createdAtMs: number;
  readonly text?: string;
  /** Base64. */
  readonly binary?: string;
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly createdAtMs: number;
  readonly versions: readonly SecretVersion[];
}

const ARN = 'arn:aws:secretsmanager:ap-northeast-2:000000000000:secret:';

/** The ARN of a local secret. Its six characters at the end follow from the name, so that it can be known beforehand. */
export const secretArn = (name: string): string =>
  `${ARN}${name}-${createHash('sha256').update(name).digest('base64url').replace(/[-_]/g, 'a').slice(0, 6)}`;

/** Secrets as one file each, readable by their owner only. */
export function secretStore(dir: string) {
  mkdirSync(dir, { recursive: true });
  const path = (name: string): string => join(dir, `${encodeURIComponent(name)}.json`);
  const byArn = new Map<string, string>();
  return {
    read(name: string): Secret | undefined {
      return existsSync(path(name)) ? (JSON.parse(readFileSync(path(name), 'utf8')) as Secret) : undefined;
    },
    /** Finds a secret by name, ARN, or ARN without its last six characters. */
    find(id: string): Secret | undefined {
      if (!id.startsWith(ARN)) return this.read(id);
      const rest = id.slice(ARN.length);
      return this.read(byArn.get(id) ?? rest) ?? this.read(rest.replace(/-[A-Za-z0-9]{6}$/, ''));
    },
    write(secret: Secret): void {
      byArn.set(secret.arn, secret.name);
      const temporary = `${path(secret.name)}.new`;
      writeFileSync(temporary, JSON.stringify(secret, null, 2), { mode: 0o600 });
      renameSync(temporary, path(secret.name));
    },
    remember(secret: Secret): void {
      byArn.set(secret.arn, secret.name);
    },
  };
}

export type SecretStore = ReturnType<typeof secretStore>;
