import type { Registry } from '../ports.ts';
import type { Content } from './template.ts';

/** Where contents lie in the engine's bucket. */
export const CONTENTS_PREFIX = 'templates/';

/** What versions of templates say, each in an object that is written once and never changed. */
export interface TemplateContents {
  put(key: string, content: Content): Promise<void>;
  /** Undefined when it was removed. */
  get(key: string): Promise<Content | undefined>;
  remove(keys: readonly string[]): Promise<void>;
}

export interface TemplateDeps {
  readonly registry: Registry;
  readonly contents: TemplateContents;
}
