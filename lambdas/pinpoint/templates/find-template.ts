import { notFound } from '../protocol/errors.ts';
import type { TemplateDeps } from './ports.ts';
import {
  type Contents,
  findVersion,
  requireTemplate,
  requireVersion,
  type TemplateRow,
  type TemplateType,
  templateKey,
  type Version,
  versionNumber,
} from './template.ts';

export interface Found<Type extends TemplateType = TemplateType> {
  readonly row: TemplateRow;
  readonly version: Version;
  readonly content: Contents[Type];
}

/** A version may be written anew between its row and its content: then it is looked for again. */
const LOOKS = 3;

/** A version with what it says, the active one when none is named. Throws NotFoundException. */
export async function requireContent<Type extends TemplateType>(
  deps: TemplateDeps,
  type: Type,
  name: string | undefined,
  named: string | undefined,
): Promise<Found<Type>> {
  for (let look = 0; look < LOOKS; look++) {
    const { row } = await requireTemplate(deps.registry, type, name);
    const version = await requireVersion(deps.registry, row, named);
    const content = await deps.contents.get(version.contentKey);
    if (content) return { row, version, content: content as Contents[Type] };
  }
  throw notFound(`Version ${named ?? 'active'} of ${type} template ${name} is being deleted`);
}

/** What campaigns look templates up with. */
export interface TemplateFinder {
  /** `version` as Pinpoint names it: a number, `latest`, or undefined for the active one. A text says what is not there. */
  find<Type extends TemplateType>(
    type: Type,
    name: string,
    version: string | undefined,
  ): Promise<Contents[Type] | string>;
}

export const templateFinder = (deps: TemplateDeps): TemplateFinder => ({
  async find<Type extends TemplateType>(type: Type, name: string, named: string | undefined) {
    for (let look = 0; look < LOOKS; look++) {
      const stored = await deps.registry.get<TemplateRow>(templateKey(type, name));
      if (!stored) return `there is no ${type} template ${JSON.stringify(name)}`;
      const number = versionNumber(stored.row, named);
      const version = number === undefined ? undefined : await findVersion(deps.registry, stored.row, number);
      if (!version) return `${type} template ${name} has no version ${JSON.stringify(named)}`;
      const content = await deps.contents.get(version.contentKey);
      if (content) return content as Contents[Type];
    }
    return `${type} template ${name} is being deleted`;
  },
});
