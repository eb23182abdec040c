import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { TemplateStore } from '../../../lambdas/campaigns/templates/ports.ts';
import type { Template, TemplateHead } from '../../../lambdas/campaigns/templates/template.ts';

const version = (name: string, number: number, message = `m${number}`): Template => ({
  channel: 'sms',
  name,
  version: number,
  content: { message },
  defaults: {},
  createdAt: '2026-11-22T00:00:00.000Z',
  createdBy: 'key',
});
const head = (name: string, revision: number): TemplateHead => ({
  channel: 'sms',
  name,
  revision,
  latest: 1,
  active: 1,
  changedAt: '2026-11-22T00:00:00.000Z',
  changedBy: 'key',
});

/** What every store of templates promises. */
export function templateStoreContract(open: () => TemplateStore): void {
  const named = () => `t-${randomUUID()}`;

  it('keeps versions for good: one that is there is never replaced by another', async () => {
    const [store, name] = [open(), named()];
    expect(await store.keep(version(name, 1), false)).toBe(true);
    expect(await store.keep(version(name, 1), false)).toBe(true);
    expect(await store.keep(version(name, 1, 'other'), false)).toBe(false);
    expect(await store.version('sms', name, 1)).toEqual(version(name, 1));
    expect(await store.version('sms', name, 2)).toBeUndefined();
    expect(await store.version('push', name, 1)).toBeUndefined();
    expect(await store.keep(version(name, 1, 'other'), true)).toBe(true);
    expect(await store.version('sms', name, 1)).toEqual(version(name, 1, 'other'));
  });

  it('shows versions newest first, the tenth after the ninth', async () => {
    const [store, name] = [open(), named()];
    for (let number = 1; number <= 11; number++) await store.keep(version(name, number), false);
    const found = await store.versions('sms', name, 3);
    expect(found.map((one) => one.version)).toEqual([11, 10, 9]);
  });

  it('lets one of two concurrent changes of a head win', async () => {
    const [store, name] = [open(), named()];
    expect(await Promise.all([store.replace(head(name, 1)), store.replace(head(name, 1))])).toContain(false);
    expect(await store.head('sms', name)).toEqual(head(name, 1));
    expect(await store.replace(head(name, 3))).toBe(false);
    expect(await store.replace(head(name, 2))).toBe(true);
    expect(await store.remove(head(name, 1))).toBe(false);
    expect(await store.remove(head(name, 2))).toBe(true);
    expect(await store.head('sms', name)).toBeUndefined();
  });

  it('lists heads by name, page by page, each channel its own', async () => {
    const [store, prefix] = [open(), named()];
    const names = [1, 2, 3].map((number) => `${prefix}-${number}`);
    for (const name of names) await store.replace(head(name, 1));
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.list('sms', 2, after);
      found.push(...page.heads.map((one) => one.name));
      after = page.after;
    } while (after !== undefined);
    expect(found.filter((name) => name.startsWith(prefix))).toEqual(names);
    expect((await store.list('push', 100)).heads).toEqual([]);
  });
}
