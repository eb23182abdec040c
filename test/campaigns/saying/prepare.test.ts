import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../lambdas/campaigns/campaign.ts';
import type { Content } from '../../../lambdas/campaigns/content.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import { LAWS } from '../../../lambdas/campaigns/policy/law/laws.ts';
import { prepared } from '../../../lambdas/campaigns/saying/prepare.ts';
import { putTemplate } from '../../../lambdas/campaigns/templates/put-template.ts';
import { type KakaoContent, kakaoProblems } from '../../../lambdas/channels/index.ts';
import { memoryPublisher, memoryTemplates } from '../templates/support/memory.ts';

const ctx = { actor: 'key', requestId: 'r', now: Date.UTC(2026, 10, 22), deadline: Number.MAX_SAFE_INTEGER };

function world() {
  const kakao = new Map<string, KakaoContent[]>();
  const [templates, publisher] = [memoryTemplates(), memoryPublisher()];
  return {
    kakao,
    templates,
    put: (channel: string, name: string, input: object) =>
      putTemplate(
        { templates, publisher, checks: { variables: variables(), kakao: kakaoProblems } },
        ctx,
        { channel, name },
        input as never,
      ),
    deps: {
      templates,
      variables: variables(),
      policy: { law: LAWS.KR },
      kakao: {
        functionName: 'repoint-test-channels-kakao',
        templates: {
          get: async (name: string, version: number) => kakao.get(name)?.[version - 1],
          async save(name: string, content: KakaoContent) {
            const list = kakao.get(name) ?? [];
            if (JSON.stringify(list.at(-1)) !== JSON.stringify(content)) list.push(content);
            kakao.set(name, list);
            return list.length;
          },
        },
      },
    },
  };
}

const says = (content: Content, change: Partial<Definition> = {}): Definition => ({
  name: 'n',
  segment: 's',
  channel: 'push',
  purpose: 'informational',
  variants: [{ id: '0', name: 'A', weight: 10_000, content }],
  holdout: 0,
  schedule: { kind: 'now' },
  policy: { label: false, night: 'hold' },
  missing: 'skip',
  defaults: {},
  ...change,
});
const advertising = {
  purpose: 'advertising',
  policy: { label: true, night: 'hold', optOutText: '수신거부 080' },
} as const;
const contentOf = async (deps: ReturnType<typeof world>['deps'], definition: Definition) =>
  (await prepared(deps, definition, 'c1')).variants[0]?.content;

describe('what a campaign says, as the engine gets it', () => {
  it('has its short forms in Pinpoint’s notation, and the notices of advertising', async () => {
    const { deps } = world();
    expect(await contentOf(deps, says({ title: '#{회원 이름}님', message: '특가' }, advertising))).toEqual({
      title: '(광고) {{User.UserAttributes.name}}님',
      message: '특가\n수신거부 080',
    });
  });

  it('shows a default in place of a missing value only where that was chosen', async () => {
    const { deps } = world();
    const content = { title: 't', message: '#{회원 이름}님' };
    const defaults = { '#{회원 이름}': '고객' };
    expect((await contentOf(deps, says(content, { defaults })))?.message).toBe(
      '{{User.UserAttributes.name}}님',
    );
    const shown = (await contentOf(deps, says(content, { defaults, missing: 'default' })))?.message;
    expect(shown).toContain('{{else}}고객{{/if}}');
  });

  it('is a template’s active version at that moment, or the one that was named', async () => {
    const { deps, put } = world();
    await put('push', 'welcome', {
      content: { title: '하나', message: '#{회원 이름}' },
      defaults: { '#{회원 이름}': '손님' },
    });
    const active = says({ template: { name: 'welcome' } }, { missing: 'default' });
    expect((await contentOf(deps, active))?.title).toBe('하나');
    expect((await contentOf(deps, active))?.message).toContain('손님');
    await put('push', 'welcome', { content: { title: '둘', message: 'm' } });
    expect((await contentOf(deps, active))?.title).toBe('둘');
    expect((await contentOf(deps, says({ template: { name: 'welcome', version: '1' } })))?.title).toBe(
      '하나',
    );
    await expect(prepared(deps, says({ template: { name: 'gone' } }), 'c1')).rejects.toMatchObject({
      code: 'unprocessable',
    });
  });

  it('is labelled although it comes from a template, MJML too', async () => {
    const { deps, put } = world();
    const mjml =
      '<mjml><mj-body><mj-section><mj-column><mj-text>안녕</mj-text></mj-column></mj-section></mj-body></mjml>';
    await put('email', 'news', { content: { title: '소식', mjml } });
    const email = says({ template: { name: 'news' } }, { ...advertising, channel: 'email' });
    expect(await contentOf(deps, email)).toMatchObject({
      title: '(광고) 소식',
      html: expect.stringContaining('안녕'),
    });
  });

  it('of Kakao is stored for its channel, once however often it is prepared', async () => {
    const { deps, kakao } = world();
    const content = { kakao: { kind: 'text', text: '#{회원 이름}님' } };
    const definition = says(content, { channel: 'kakao', purpose: 'advertising' });
    const [first, second] = [await prepared(deps, definition, 'c1'), await prepared(deps, definition, 'c1')];
    expect(second).toEqual(first);
    expect(first.deliveryUri).toBe('repoint-test-channels-kakao');
    expect(first.variants[0]?.content).toEqual({
      kakao: { template: { name: 'c1-0', version: 1 }, advertising: true },
    });
    expect(kakao.get('c1-0')).toEqual([{ kind: 'text', text: '{{User.UserAttributes.name}}님' }]);
  });
});
