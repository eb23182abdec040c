import type { ListTemplatesRequest, ListTemplateVersionsRequest } from '@aws-sdk/client-pinpoint';
import type { ListOptions, Registry, Stored } from '../ports.ts';
import type { EngineCtx } from '../protocol/operation.ts';
import { pageOf, tokenOf } from '../protocol/paging.ts';
import {
  type OlderRow,
  olderKey,
  olderPrefix,
  requireTemplate,
  requireType,
  TEMPLATE_PREFIX,
  TEMPLATES,
  type TemplateRow,
  type Version,
} from './template.ts';

/** ListTemplates: by name, those whose names begin with `Prefix` and that are of the type, if one is given. */
export async function listTemplates(registry: Registry, input: ListTemplatesRequest) {
  const type = input.TemplateType === undefined ? undefined : requireType(input.TemplateType);
  const prefix = `${TEMPLATE_PREFIX}${input.Prefix ?? ''}`;
  const page = pageOf({ PageSize: input.PageSize, Token: input.NextToken }, prefix);
  const { rows, after } = await matching(
    registry,
    prefix,
    page,
    (row) => type === undefined || row.type === type,
  );
  const Item = rows.map(({ row }) => ({
    TemplateName: row.name,
    TemplateType: row.type,
    Version: String(row.active),
    CreationDate: row.creationDate,
    LastModifiedDate: row.lastModifiedDate,
  }));
  return { TemplatesResponse: { Item, ...tokenOf(after) } };
}

/** A full page of the rows that match, unless the list ends before. */
async function matching(
  registry: Registry,
  prefix: string,
  { limit, ...page }: ListOptions & { readonly limit: number },
  matches: (row: TemplateRow) => boolean,
): Promise<{ rows: Stored<TemplateRow>[]; after: string | undefined }> {
  const rows: Stored<TemplateRow>[] = [];
  let after = page.after;
  do {
    const next = await registry.list<TemplateRow>(TEMPLATES, prefix, { limit: limit - rows.length, after });
    rows.push(...next.rows.filter(({ row }) => matches(row)));
    after = next.after;
  } while (after !== undefined && rows.length < limit);
  return { rows, after };
}

/** ListTemplateVersions: newest first. The latest lies in the template's own row, the others after it. */
export async function listVersions(registry: Registry, ctx: EngineCtx, input: ListTemplateVersionsRequest) {
  const type = requireType(input.TemplateType);
  const { row } = await requireTemplate(registry, type, input.TemplateName);
  const page = pageOf({ PageSize: input.PageSize, Token: input.NextToken }, olderPrefix(row));
  const { sk: fromLatest } = olderKey(row, row.latest.version);
  const isFirst = page.after === undefined;
  const limit = isFirst ? page.limit - 1 : page.limit;
  const found =
    limit === 0
      ? { rows: [], after: row.latest.version > 1 ? fromLatest : undefined }
      : await registry.list<OlderRow>(TEMPLATES, olderPrefix(row), {
          ...{ limit, descending: true, after: page.after ?? fromLatest },
        });
  const own = found.rows.filter(({ row: { templateId } }) => templateId === row.id);
  const versions: Version[] = [...(isFirst ? [row.latest] : []), ...own.map(({ row: older }) => older)];
  const Item = versions.map((version) => ({
    TemplateName: row.name,
    TemplateType: row.type,
    Version: String(version.version),
    TemplateDescription: version.description,
    CreationDate: version.creationDate,
    LastModifiedDate: version.lastModifiedDate,
  }));
  const answered = { Item, Message: 'Success', RequestID: ctx.requestId, ...tokenOf(found.after) };
  return { TemplateVersionsResponse: answered };
}
