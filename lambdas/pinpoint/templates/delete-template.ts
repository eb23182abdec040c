import { inParallel } from '../../shared/parallel.ts';
import type { Stored } from '../ports.ts';
import { badRequest, conflict } from '../protocol/errors.ts';
import type { EngineCtx } from '../protocol/operation.ts';
import type { TemplateDeps } from './ports.ts';
import {
  accepted,
  type OlderRow,
  olderKey,
  olderPrefix,
  requireTemplate,
  requireVersion,
  TEMPLATES,
  type TemplateRow,
  type TemplateType,
  templateKey,
} from './template.ts';

const AT_ONCE = 8;

/**
 * DeleteEmailTemplate and its kin: the template with all its versions, or one version. Throws BadRequestException for the
 * active version of a template that has others: messages would have nothing to say.
 */
export async function deleteTemplate(
  deps: TemplateDeps,
  ctx: EngineCtx,
  type: TemplateType,
  name: string | undefined,
  version: string | undefined,
) {
  const stored = await requireTemplate(deps.registry, type, name);
  if (version === undefined) await deleteAll(deps, stored);
  else await deleteVersion(deps, stored, version);
  return accepted(ctx);
}

const olderOf = async ({ registry }: TemplateDeps, row: TemplateRow): Promise<Stored<OlderRow>[]> =>
  (await registry.list<OlderRow>(TEMPLATES, olderPrefix(row))).rows.filter(
    ({ row: older }) => older.templateId === row.id && older.version < row.latest.version,
  );

/** The template's own row goes last, so that a call that was cut short can be made again. */
async function deleteAll(deps: TemplateDeps, { row }: Stored<TemplateRow>): Promise<void> {
  const { rows } = await deps.registry.list<OlderRow>(TEMPLATES, olderPrefix(row));
  await inParallel(rows, AT_ONCE, ({ key }) => deps.registry.remove(key));
  await deps.contents.remove([row.latest.contentKey, ...rows.map(({ row: { contentKey } }) => contentKey)]);
  await deps.registry.remove(templateKey(row.type, row.name));
}

async function deleteVersion(
  deps: TemplateDeps,
  stored: Stored<TemplateRow>,
  version: string,
): Promise<void> {
  const { row } = stored;
  const found = await requireVersion(deps.registry, row, version);
  if (found.version === row.active) {
    if ((await olderOf(deps, row)).length > 0 || found.version !== row.latest.version)
      throw badRequest(
        `Version ${found.version} is the active version of ${row.type} template ${row.name}; make another one active first`,
      );
    return deleteAll(deps, stored);
  }
  if (found.version === row.latest.version) await stepBack(deps, stored);
  else await removeOlder(deps, stored, found.version);
  await deps.contents.remove([found.contentKey]);
}

/** The template's row is written again first: whoever makes the version active at this moment has to look for it anew. */
async function removeOlder({ registry }: TemplateDeps, stored: Stored<TemplateRow>, version: number) {
  if (!(await registry.replace(stored, stored.row))) throw changedMeanwhile(stored.row);
  await registry.remove(olderKey(stored.row, version));
}

const changedMeanwhile = ({ type, name }: TemplateRow) =>
  conflict(`${type} template ${name} was changed at this moment; try again`);

/** The version before becomes the latest; there is one, since another than this is active. */
async function stepBack(deps: TemplateDeps, stored: Stored<TemplateRow>): Promise<void> {
  const { row } = stored;
  const before = (await olderOf(deps, row)).at(-1)?.row;
  if (!before || !(await deps.registry.replace(stored, { ...row, latest: plain(before) })))
    throw changedMeanwhile(row);
}

function plain({ templateId: _, of: __, ...version }: OlderRow): TemplateRow['latest'] {
  return version;
}
