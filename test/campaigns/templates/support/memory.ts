import type {
  SentTemplate,
  TemplatePublisher,
  TemplateStore,
} from '../../../../lambdas/campaigns/templates/ports.ts';
import {
  saysTheSame,
  type Template,
  type TemplateHead,
} from '../../../../lambdas/campaigns/templates/template.ts';

/** Templates in memory, held to the same contract as those on DynamoDB. */
export function memoryTemplates(): TemplateStore {
  const heads = new Map<string, TemplateHead>();
  const versions = new Map<string, Template>();
  const key = (channel: string, name: string, version?: number): string =>
    [channel, name, version ?? ''].join('#');
  return {
    head: async (channel, name) => heads.get(key(channel, name)),
    version: async (channel, name, version) => versions.get(key(channel, name, version)),
    versions: async (channel, name, limit) =>
      [...versions.values()]
        .filter((one) => one.channel === channel && one.name === name)
        .sort((a, b) => b.version - a.version)
        .slice(0, limit),
    async keep(template, anew) {
      const at = key(template.channel, template.name, template.version);
      const there = versions.get(at);
      if (there && !anew) return saysTheSame(there, template);
      versions.set(at, template);
      return true;
    },
    async replace(head) {
      const at = key(head.channel, head.name);
      if ((heads.get(at)?.revision ?? 0) !== head.revision - 1) return false;
      heads.set(at, head);
      return true;
    },
    async remove({ channel, name, revision }) {
      if (heads.get(key(channel, name))?.revision !== revision) return false;
      return heads.delete(key(channel, name));
    },
    async list(channel, limit, after) {
      const found = [...heads.values()]
        .filter((one) => one.channel === channel && (after === undefined || one.name > after))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return { heads: page, ...(found.length > limit && last ? { after: last.name } : {}) };
    },
  };
}

/** A publisher that remembers what it was given, version by version. */
export function memoryPublisher(): TemplatePublisher & { readonly published: Map<string, SentTemplate[]> } {
  const published = new Map<string, SentTemplate[]>();
  return {
    published,
    async publish(template) {
      const at = `${template.channel}#${template.name}`;
      const list = published.get(at) ?? [];
      if (JSON.stringify(list.at(-1)) !== JSON.stringify(template)) list.push(template);
      published.set(at, list);
      return list.length;
    },
    activate: async () => undefined,
    remove: async (channel, name) => void published.delete(`${channel}#${name}`),
  };
}
