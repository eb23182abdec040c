import type { Registry, Stored } from '../ports.ts';
import { badRequest, conflict, PinpointError } from '../protocol/errors.ts';
import type { EngineCtx } from '../protocol/operation.ts';
import { checkedContent, storedContent, type TemplateRequest } from './create-template.ts';
import type { TemplateDeps } from './ports.ts';
import {
  accepted,
  type OlderRow,
  olderKey,
  requireTemplate,
  requireVersion,
  type TemplateRow,
  type TemplateType,
  type Version,
} from './template.ts';

/** Pinpoint's quota. */
const MAX_VERSIONS = 5_000;
/** Somebody who updates at the same moment must not make this one fail. */
const ATTEMPTS = 5;

export interface UpdateOptions {
  readonly version?: string | undefined;
  readonly createNewVersion?: boolean | undefined;
}

/**
 * Changes a template's row, trying again when somebody else wrote it meanwhile; the row as it was before. `change` returns
 * nothing when there is nothing (more) to change.
 */
async function changed(
  registry: Registry,
  type: TemplateType,
  name: string | undefined,
  change: (stored: Stored<TemplateRow>) => Promise<TemplateRow | undefined>,
): Promise<TemplateRow | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await requireTemplate(registry, type, name);
    const row = await change(stored);
    if (!row) return undefined;
    if (await registry.replace(stored, row)) return stored.row;
  }
  throw conflict(`${type} template ${name} was changed at this moment; try again`);
}

/**
 * UpdateEmailTemplate and its kin: what is given takes the place of all the latest version says, or becomes a new version,
 * which is not active until somebody makes it. Tags stay as they are. Throws BadRequestException for what is wrong, a version
 * that is not the latest, and beyond 5,000 versions.
 */
export async function updateTemplate<Type extends TemplateType>(
  deps: TemplateDeps,
  ctx: EngineCtx,
  type: Type,
  name: string | undefined,
  request: TemplateRequest<Type>,
  options: UpdateOptions,
) {
  if (options.createNewVersion && options.version !== undefined)
    throw badRequest('version cannot be given together with create-new-version=true');
  const { row: before } = await requireTemplate(deps.registry, type, name);
  const content = checkedContent(type, request);
  const written = await storedContent(deps, ctx, { type, name: before.name }, content);
  const next = options.createNewVersion ? withNewVersion : withLatestReplaced;
  const replaced = await changed(deps.registry, type, name, async (stored) => {
    // A write whose answer got lost is done all the same.
    if (stored.row.latest.contentKey === written.contentKey) return undefined;
    mustBeLatest(stored.row, options.version);
    return next(deps.registry, stored, written);
  }).catch(async (error: unknown) => {
    // What was refused was not written; of anything else nobody knows.
    if (error instanceof PinpointError) await deps.contents.remove([written.contentKey]);
    throw error;
  });
  if (replaced && !options.createNewVersion) await deps.contents.remove([replaced.latest.contentKey]);
  return accepted(ctx);
}

type Written = Omit<Version, 'version'>;

async function withNewVersion(registry: Registry, stored: Stored<TemplateRow>, written: Written) {
  const { row } = stored;
  if (row.numbered >= MAX_VERSIONS)
    throw badRequest(
      `${row.type} template ${row.name} has had ${row.numbered} versions; no more are allowed`,
    );
  await archive(registry, stored);
  const version = row.numbered + 1;
  const { lastModifiedDate } = written;
  return { ...row, latest: { ...written, version }, numbered: version, lastModifiedDate };
}

async function withLatestReplaced(_: Registry, { row }: Stored<TemplateRow>, written: Written) {
  const { version, creationDate } = row.latest;
  const { lastModifiedDate } = written;
  return { ...row, latest: { ...written, version, creationDate }, lastModifiedDate };
}

/** A version may be named to say that nobody made another one meanwhile (Pinpoint's own rule). */
function mustBeLatest({ latest, type, name }: TemplateRow, version: string | undefined): void {
  if (version === undefined || version === 'latest' || version === String(latest.version)) return;
  throw badRequest(
    `version is ${JSON.stringify(version)}; only the latest version of ${type} template ${name} can be updated, which is ${latest.version}`,
  );
}

/**
 * Keeps the latest version as an older one before another takes its place. Of two writers the one that read the later row
 * has its way, so that none that was too slow brings back what the version said before.
 */
async function archive(registry: Registry, { row, revision }: Stored<TemplateRow>): Promise<void> {
  const key = olderKey(row, row.latest.version);
  const older: OlderRow = { ...row.latest, templateId: row.id, of: revision };
  for (;;) {
    const there = await registry.get<OlderRow>(key);
    if (there?.row.templateId === row.id && there.row.of >= revision) return;
    if (there ? await registry.replace(there, older) : await registry.create(key, older)) return;
  }
}

/** UpdateTemplateActiveVersion: messages that name no version get this one from now on; runs that are under way go on as they began. */
export async function activateVersion(
  deps: TemplateDeps,
  ctx: EngineCtx,
  type: TemplateType,
  name: string | undefined,
  version: string | undefined,
) {
  if (version === undefined)
    throw badRequest('TemplateActiveVersionRequest.Version is missing; allowed: a version, or latest');
  await changed(deps.registry, type, name, async ({ row }) => ({
    ...row,
    active: (await requireVersion(deps.registry, row, version)).version,
  }));
  return accepted(ctx);
}
