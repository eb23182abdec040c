import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { AwsError } from '../../wire/aws-error.ts';
import { serve, type WireAnswer } from '../../wire/server.ts';

interface StsOptions {
  readonly clock?: Clock;
}

export interface Sts {
  readonly url: string;
  close(): Promise<void>;
}

const ACCOUNT = '000000000000';
const ROLE = /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (value: string): string => value.replace(/[&<>"]/g, (found) => ENTITIES[found] ?? found);

type Node = string | { readonly [name: string]: Node };

const xml = (node: Node): string =>
  typeof node === 'string'
    ? escaped(node)
    : Object.entries(node)
        .map(([name, child]) => `<${name}>${xml(child)}</${name}>`)
        .join('');

const answer = (status: number, root: string, content: Node): WireAnswer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<${root} xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${xml(content)}</${root}>`,
});

/** Random characters as STS uses them in ids: capital letters and digits. */
const characters = (length: number): string =>
  [...randomBytes(length)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');

function only(form: URLSearchParams, known: readonly string[]): void {
  const unknown = [...form.keys()].find((key) => !['Action', 'Version', ...known].includes(key));
  if (unknown !== undefined)
    throw new AwsError('ValidationError', `The local stand-in does not know the parameter ${unknown}`);
}

function assumeRole(form: URLSearchParams, now: number): Node {
  only(form, ['RoleArn', 'RoleSessionName', 'DurationSeconds', 'ExternalId']);
  const session = form.get('RoleSessionName') ?? '';
  const [, account, role] = ROLE.exec(form.get('RoleArn') ?? '') ?? [];
  if (account === undefined || role === undefined)
    throw new AwsError('ValidationError', `${form.get('RoleArn')} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(session))
    throw new AwsError(
      'ValidationError',
      `RoleSessionName ${session} must have 2 to 64 characters of [\\w+=,.@-]`,
    );
  const seconds = Number(form.get('DurationSeconds') ?? 3600);
  if (!(seconds >= 900 && seconds <= 43_200))
    throw new AwsError('ValidationError', `DurationSeconds ${seconds} must be between 900 and 43200`);
  return {
    Credentials: {
      AccessKeyId: `ASIA${characters(16)}`,
      SecretAccessKey: randomBytes(30).toString('base64'),
      SessionToken: randomBytes(96).toString('base64'),
      Expiration: new Date(now + seconds * 1000).toISOString(),
    },
    AssumedRoleUser: {
      AssumedRoleId: `AROA${characters(17)}:${session}`,
      Arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
    },
  };
}

function getCallerIdentity(form: URLSearchParams): Node {
  only(form, []);
  return { UserId: 'AIDALOCAL', Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/local` };
}

function run(form: URLSearchParams, now: number): WireAnswer {
  const action = form.get('Action') ?? '';
  const actions: Readonly<Record<string, () => Node>> = {
    AssumeRole: () => assumeRole(form, now),
    GetCallerIdentity: () => getCallerIdentity(form),
  };
  const work = actions[action];
  if (!work) throw new AwsError('InvalidAction', `The local stand-in does not know the action ${action}`);
  const metadata = { ResponseMetadata: { RequestId: randomUUID() } };
  return answer(200, `${action}Response`, { [`${action}Result`]: work(), ...metadata });
}

/** STS: any well-formed role is assumed and gets credentials of its own, which no local service checks. */
export async function startSts(options: StsOptions = {}): Promise<Sts> {
  const server = await serve(({ body }) => {
    try {
      return run(new URLSearchParams(body.toString('utf8')), options.clock?.now() ?? Date.now());
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return answer(error.status, 'ErrorResponse', {
        Error: { Type: 'Sender', Code: error.code, Message: error.message },
        RequestId: randomUUID(),
      });
    }
  });
  return { url: server.url, close: server.close };
}
