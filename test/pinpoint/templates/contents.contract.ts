import { describe, expect, it } from 'vitest';
import type { TemplateContents } from '../../../lambdas/pinpoint/templates/ports.ts';

/** What every store of contents keeps to. */
export function contentsContract(where: string, start: () => TemplateContents): void {
  describe(`contents of templates ${where}`, () => {
    it('are read as they were written, however long', async () => {
      const contents = start();
      const HtmlPart = '가나다 {{User.UserId}} 😀 '.repeat(40_000);
      await contents.put('templates/EMAIL/a/1.json', { Subject: 's', HtmlPart });
      expect(await contents.get('templates/EMAIL/a/1.json')).toEqual({ Subject: 's', HtmlPart });
    });

    it('are not there before they are written, nor after they are removed, which may be repeated', async () => {
      const contents = start();
      const keys = ['templates/SMS/a/1.json', 'templates/SMS/a/2.json'];
      expect(await contents.get('templates/SMS/a/1.json')).toBeUndefined();
      for (const key of keys) await contents.put(key, { Body: key });
      await contents.remove(keys.slice(0, 1));
      await contents.remove(keys.slice(0, 1));
      expect(await Promise.all(keys.map((key) => contents.get(key)))).toEqual([undefined, { Body: keys[1] }]);
    });
  });
}
