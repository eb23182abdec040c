import type {
  EmailTemplateRequest,
  PushNotificationTemplateRequest,
  SMSTemplateRequest,
} from '@aws-sdk/client-pinpoint';
import type { Registry, RegistryKey, Stored } from '../ports.ts';
import { badRequest, notFound } from '../protocol/errors.ts';
import { arnOf, type EngineCtx } from '../protocol/operation.ts';

/** What a template says, by its type: Pinpoint's request without its tags, which belong to all versions. */
export interface Contents {
  EMAIL: Omit<EmailTemplateRequest, 'tags'>;
  SMS: Omit<SMSTemplateRequest, 'tags'>;
  PUSH: Omit<PushNotificationTemplateRequest, 'tags'>;
}
export type TemplateType = keyof Contents;
export const TEMPLATE_TYPES: readonly TemplateType[] = ['EMAIL', 'SMS', 'PUSH'];
export type Content = Contents[TemplateType];

/** A version of a template; what it says lies in an object of its own, for an e-mail is longer than a row can be. */
export interface Version {
  readonly version: number;
  /** Where its content lies (templates/ports.ts). No two contents ever have the same key. */
  readonly contentKey: string;
  readonly description?: string;
  /** ISO 8601 with milliseconds. */
  readonly creationDate: string;
  readonly lastModifiedDate: string;
}

/** A template. It holds its latest version itself, so that every change of what it says is one conditional write. */
export interface TemplateRow {
  /** Random: tells it from an earlier template of its name. */
  readonly id: string;
  readonly name: string;
  readonly type: TemplateType;
  readonly tags: Readonly<Record<string, string>>;
  readonly creationDate: string;
  readonly lastModifiedDate: string;
  /** The version that messages get which name none. */
  readonly active: number;
  readonly latest: Version;
  /** The highest number a version ever had: numbers are not given twice. */
  readonly numbered: number;
}

/** A version that is not the latest any more. */
export interface OlderRow extends Version {
  readonly templateId: string;
  /** Revision of the template's row that it was the latest version of: a writer that was too slow has a lower one. */
  readonly of: number;
}

/** Templates belong to the account, not to an application (pinpoint.md §2.1). */
export const TEMPLATES = 'templates';
export const TEMPLATE_PREFIX = 'template#';
/** The name comes first, so that ListTemplates finds names by their beginning. */
export const templateKey = (type: TemplateType, name: string): RegistryKey => ({
  pk: TEMPLATES,
  sk: `${TEMPLATE_PREFIX}${name}#${type}`,
});
export const olderPrefix = ({ type, name }: Pick<TemplateRow, 'type' | 'name'>): string =>
  `templateversion#${type}#${name}#`;
/** Eight digits keep versions in their order. */
export const olderKey = (row: Pick<TemplateRow, 'type' | 'name'>, version: number): RegistryKey => ({
  pk: TEMPLATES,
  sk: `${olderPrefix(row)}${String(version).padStart(8, '0')}`,
});

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

export function requireName(name: string | undefined): string {
  if (name !== undefined && NAME.test(name)) return name;
  throw badRequest(
    `template-name is ${JSON.stringify(name)}; expected 1 to 128 letters, digits, "_" or "-", a letter or digit first`,
  );
}

/** The type a path or query names, in capital letters or not. */
export function requireType(type: string | undefined): TemplateType {
  const found = TEMPLATE_TYPES.find((each) => each === type?.toUpperCase());
  if (found) return found;
  throw badRequest(`template-type is ${JSON.stringify(type)}; allowed: ${TEMPLATE_TYPES.join(', ')}`);
}

/** The template, or NotFoundException. */
export async function requireTemplate(
  registry: Registry,
  type: TemplateType,
  name: string | undefined,
): Promise<Stored<TemplateRow>> {
  const stored = await registry.get<TemplateRow>(templateKey(type, requireName(name)));
  if (!stored) throw notFound(`There is no ${type} template ${name}`);
  return stored;
}

/** Undefined when the template has no such version (any more). */
export async function findVersion(
  registry: Registry,
  row: TemplateRow,
  version: number,
): Promise<Version | undefined> {
  if (version === row.latest.version) return row.latest;
  if (version > row.latest.version) return undefined;
  const older = await registry.get<OlderRow>(olderKey(row, version));
  return older?.row.templateId === row.id ? older.row : undefined;
}

/** The number that a version's name stands for; the active one without a name. Undefined when it stands for none. */
export function versionNumber(row: TemplateRow, version: string | undefined): number | undefined {
  if (version === undefined) return row.active;
  if (version === 'latest') return row.latest.version;
  return /^[1-9]\d{0,7}$/.test(version) ? Number(version) : undefined;
}

/** The named version, or NotFoundException. */
export async function requireVersion(
  registry: Registry,
  row: TemplateRow,
  version: string | undefined,
): Promise<Version> {
  const number = versionNumber(row, version);
  if (number === undefined)
    throw badRequest(`Version is ${JSON.stringify(version)}; expected a whole number from 1, or latest`);
  const found = await findVersion(registry, row, number);
  if (!found) throw notFound(`${row.type} template ${row.name} has no version ${version ?? number}`);
  return found;
}

export const templateArn = (ctx: EngineCtx, { name, type }: Pick<TemplateRow, 'name' | 'type'>): string =>
  arnOf(ctx, `templates/${name}/${type}`);

/** What Pinpoint answers to a change of a template. */
export const accepted = (ctx: EngineCtx, Message = 'Accepted') => ({ Message, RequestID: ctx.requestId });
