import { describe, expect, it } from 'vitest';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import {
  activateTemplate,
  deleteTemplate,
  putTemplate,
} from '../../../lambdas/campaigns/templates/put-template.ts';
import {
  getTemplate,
  listTemplates,
  listVersions,
} from '../../../lambdas/campaigns/templates/read-templates.ts';
import { kakaoProblems } from '../../../lambdas/channels/index.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { memoryPublisher, memoryTemplates } from './support/memory.ts';

const ctx = { actor: 'key', requestId: 'r', now: Date.UTC(2026, 10, 22), deadline: Number.MAX_SAFE_INTEGER };
const world = () => ({
  templates: memoryTemplates(),
  publisher: memoryPublisher(),
  checks: { variables: variables({ 등급: 'grade' }), kakao: kakaoProblems },
});
const push = { channel: 'push', name: 'welcome' };
const content = { title: '#{회원 이름}님', message: '#{등급} 혜택' };

const problemsOf = async (
  deps: ReturnType<typeof world>,
  place: typeof push,
  input: object,
): Promise<string[]> => {
  try {
    await putTemplate(deps, ctx, place, input as never);
    return [];
  } catch (cause) {
    if (cause instanceof RepointError) return cause.problems.map(({ field }) => field);
    throw cause;
  }
};

describe('a template', () => {
  it('is kept as its author wrote it, and published as the engine renders it', async () => {
    const deps = world();
    const { template, created } = await putTemplate(deps, ctx, push, {
      content,
      defaults: { '#{회원 이름}': '고객' },
    });
    expect(created).toBe(true);
    expect(template).toMatchObject({ version: 1, active: true, content });
    expect(deps.publisher.published.get('push#welcome')).toEqual([
      expect.objectContaining({
        content: { title: '{{User.UserAttributes.name}}님', message: '{{User.UserAttributes.grade}} 혜택' },
        defaults: { 'User.UserAttributes.name': '고객' },
      }),
    ]);
  });

  it('that says the same again makes no version; a change makes the next, the old ones stay', async () => {
    const deps = world();
    await putTemplate(deps, ctx, push, { content });
    const same = await putTemplate(deps, ctx, push, {
      content: { message: content.message, title: content.title },
    });
    expect(same).toMatchObject({ created: false, template: { version: 1 } });
    await putTemplate(deps, ctx, push, { content: { ...content, title: '둘' } });
    const third = await putTemplate(deps, ctx, push, {
      content: { ...content, title: '셋' },
      activate: false,
    });
    expect(third.template).toMatchObject({ version: 3, active: false });
    expect(await getTemplate(deps.templates, push, {})).toMatchObject({
      version: 2,
      active: true,
      latest: 3,
    });
    expect((await getTemplate(deps.templates, push, { version: '1' })).content).toEqual(content);
    const versions = await listVersions(deps.templates, push);
    expect(versions.map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(await activateTemplate(deps, ctx, push, 1)).toMatchObject({ version: 1, active: true });
    expect(await getTemplate(deps.templates, push, {})).toMatchObject({ version: 1 });
  });

  it('of an e-mail may be MJML: kept as such, sent as HTML with its variables', async () => {
    const deps = world();
    const mjml =
      '<mjml><mj-body><mj-section><mj-column><mj-text>안녕 #{회원 이름}</mj-text></mj-column></mj-section></mj-body></mjml>';
    const email = { channel: 'email', name: 'news' };
    const { template } = await putTemplate(deps, ctx, email, { content: { title: '소식', mjml } });
    expect(template.content).toEqual({ title: '소식', mjml });
    const [sent] = deps.publisher.published.get('email#news') ?? [];
    expect(sent?.content.html).toContain('안녕 {{User.UserAttributes.name}}');
    expect(sent?.content.html).toMatch(/^<!doctype html>/i);
  });

  it('that cannot be sent is refused with every problem', async () => {
    const deps = world();
    expect(await problemsOf(deps, push, { content: { message: '#{회원 이룸}', icon: 'ftp://x' } })).toEqual([
      'content.icon',
      'content.title',
      'content.message',
    ]);
    expect(await problemsOf(deps, push, { content: { ...content, mjml: '<mjml></mjml>' } })).toEqual([
      'content.mjml',
    ]);
    const email = { channel: 'email', name: 'news' };
    expect(await problemsOf(deps, email, { content: { title: 't', mjml: '<mjml><mj-body>' } })).toEqual([
      'content.mjml',
    ]);
    const kakao = { channel: 'kakao', name: 'k' };
    expect(await problemsOf(deps, kakao, { content: { kakao: { kind: 'text' } } })).toEqual([
      'content.kakao.text',
    ]);
    expect(await problemsOf(deps, { channel: 'fax', name: 'k' }, { content })).toEqual(['channel']);
    expect(await problemsOf(deps, { channel: 'push', name: 'a b' }, { content })).toEqual(['name']);
    expect(await problemsOf(deps, push, { content, defaults: { '#{없는 것}': 'x' } })).toEqual([
      'defaults.#{없는 것}',
    ]);
    expect(deps.publisher.published.size).toBe(0);
  });

  it('can be taken away and made anew under its name', async () => {
    const deps = world();
    await putTemplate(deps, ctx, push, { content });
    await deleteTemplate(deps, push);
    await expect(getTemplate(deps.templates, push, {})).rejects.toMatchObject({ code: 'not_found' });
    const anew = await putTemplate(deps, ctx, push, { content: { ...content, title: '다시' } });
    expect(anew).toMatchObject({ created: true, template: { version: 1, content: { title: '다시' } } });
  });

  it('that is not there is answered with the nearest names', async () => {
    const deps = world();
    await putTemplate(deps, ctx, push, { content });
    await expect(getTemplate(deps.templates, { channel: 'push', name: 'welcom' }, {})).rejects.toThrow(
      'welcome',
    );
    await expect(getTemplate(deps.templates, push, { version: '7' })).rejects.toThrow('there are 1 to 1');
    expect((await listTemplates(deps.templates, 'push', {})).result.map(({ name }) => name)).toEqual([
      'welcome',
    ]);
  });

  it('is listed after a name, and after nothing that is none', async () => {
    const { templates } = world();
    for (const after of ['', '../x', 'n'.repeat(2000)])
      await expect(listTemplates(templates, 'push', { after })).rejects.toMatchObject({
        code: 'validation',
        field: 'after',
      });
    expect((await listTemplates(templates, 'push', { after: 'gone' })).result).toEqual([]);
  });

  it('whose put was cut off after any step is whole after the next try', async () => {
    for (const step of ['publish', 'keep', 'activate', 'replace'] as const) {
      const deps = world();
      let broken = true;
      const breaking = <Target extends object>(target: Target): Target =>
        new Proxy(target, {
          get: (of, name) =>
            name === step && broken
              ? async (...args: unknown[]) => {
                  await (Reflect.get(of, name) as (...all: unknown[]) => unknown)(...args);
                  broken = false;
                  throw new Error('killed');
                }
              : Reflect.get(of, name),
        });
      const cut = { ...deps, templates: breaking(deps.templates), publisher: breaking(deps.publisher) };
      await expect(putTemplate(cut, ctx, push, { content })).rejects.toThrow('killed');
      const { template } = await putTemplate(cut, ctx, push, { content });
      expect(template, step).toMatchObject({ version: 1, active: true, latest: 1 });
      expect(deps.publisher.published.get('push#welcome'), step).toHaveLength(1);
    }
  });
});
