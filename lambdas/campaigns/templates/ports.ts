import type { Content } from '../content.ts';
import type { Template, TemplateChannel, TemplateHead } from './template.ts';

/** Templates as their authors wrote them. */
export interface TemplateStore {
  head(channel: TemplateChannel, name: string): Promise<TemplateHead | undefined>;
  version(channel: TemplateChannel, name: string, version: number): Promise<Template | undefined>;
  /** Newest first. */
  versions(channel: TemplateChannel, name: string, limit: number): Promise<Template[]>;
  /**
   * Writes a version that is not there yet, or is there and says the same; false when another is there. `anew`: the
   * template was deleted meanwhile, and its versions with it.
   */
  keep(template: Template, anew: boolean): Promise<boolean>;
  /** Writes the head on the condition that its revision is one less (0: there is none); false when somebody wrote it meanwhile. */
  replace(head: TemplateHead): Promise<boolean>;
  /** Takes the head away; versions stay for the campaigns that were sent with them. False when it was written meanwhile. */
  remove(head: TemplateHead): Promise<boolean>;
  /** By name. Undefined `after` begins. */
  list(
    channel: TemplateChannel,
    limit: number,
    after?: string,
  ): Promise<{ readonly heads: readonly TemplateHead[]; readonly after?: string }>;
}

/** A template as it is sent: variables in Pinpoint's notation, MJML made HTML. */
export interface SentTemplate {
  readonly channel: TemplateChannel;
  readonly name: string;
  readonly content: Content;
  /** By dotted variable name. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly description?: string;
}

/**
 * Where templates lie that the channels send with: Pinpoint's own for push, e-mail and SMS, a table of ours for Kakao.
 * Publishing what the latest version says already makes none.
 */
export interface TemplatePublisher {
  /** Answers the version. Throws `conflict` when somebody publishes another at the same time. */
  publish(template: SentTemplate): Promise<number>;
  activate(channel: TemplateChannel, name: string, version: number): Promise<void>;
  /** One that is gone already stays so. */
  remove(channel: TemplateChannel, name: string): Promise<void>;
}
