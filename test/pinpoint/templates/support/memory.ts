import type { TemplateContents } from '../../../../lambdas/pinpoint/templates/ports.ts';
import type { Content } from '../../../../lambdas/pinpoint/templates/template.ts';

/** Contents of templates in memory, held to the same contract as those in S3 (contents.contract.ts). */
export function memoryContents(): TemplateContents & { readonly keys: () => string[] } {
  const contents = new Map<string, string>();
  return {
    keys: () => [...contents.keys()],
    put: async (key, content) => void contents.set(key, JSON.stringify(content)),
    async get(key) {
      const text = contents.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as Content);
    },
    async remove(keys) {
      for (const key of keys) contents.delete(key);
    },
  };
}
