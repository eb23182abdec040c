import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Content } from '../../../lambdas/campaigns/content.ts';
import { messageConfiguration } from '../../../lambdas/campaigns/message.ts';
import { compileContent } from '../../../lambdas/campaigns/personalisation/render-content.ts';
import { sentContent } from '../../../lambdas/campaigns/personalisation/sent-content.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import { endpointValues } from '../../../lambdas/shared/rendering/endpoint-values.ts';
import { MOMENT } from './support/rendered.ts';
import { says } from './support/worlds.ts';

const NAME = 'User.UserAttributes.name';
const sent = (content: Content, rest = {}) =>
  sentContent(content, says(content, rest), variables(), (plain) => plain);
const rendered = (content: Content, name: unknown, rest = {}) => {
  const texts = sent(content, rest);
  const endpoint = { User: { UserId: 'u1', UserAttributes: { name } } };
  return compileContent(texts.content).render(endpointValues(endpoint, texts.needs.names), MOMENT);
};
const title = (name: unknown, text = '#{회원 이름}', rest = {}) =>
  rendered({ title: text, message: 'x' }, name, rest).title;

/** Names that members, or somebody in their place, may have typed. */
const HOSTILE = [
  '{{User.UserId}}',
  '{{{User.UserId}}}',
  '#{회원 아이디}',
  '{{#each this}}{{this}}{{/each}}',
  '{{> partial}}',
  '\\{{x}}',
  '}}',
  '{{',
  '${process.env}',
  '<script>alert(1)</script>',
  '"; DROP',
  '\u202Eهاد\u202C',
  '👨‍👩‍👧‍👦',
  'a\u0000b',
  '__proto__',
];

describe('a member’s value', () => {
  it.each(HOSTILE)('is text and nothing else: %j', (name) => {
    expect(title([name])).toBe(name);
    expect(title([name], '#{회원 이름}#{회원 이름} {{User.UserId}}')).toBe(`${name}${name} u1`);
    expect(title([name], '#{회원 이름}', { missing: 'default', defaults: { '#{회원 이름}': '고객' } })).toBe(
      name,
    );
  });

  it('is never evaluated, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '#', '\\', 'a', '~', '!', '>', '[', ']', '"', '가') }),
        (name) => {
          expect(title([name], '[#{회원 이름}]')).toBe(`[${name}]`);
        },
      ),
    );
  });

  it('cannot leave its place in the HTML of an e-mail, its author’s own or the one made of a plain text', () => {
    const value = `"><img src=x onerror='a()'>&{{x}}`;
    const html =
      rendered({ title: 't', html: '<p title="#{회원 이름}">#{회원 이름}</p>' }, [value]).html ?? '';
    expect(html.match(/[<>"]/g)?.join('')).toBe('<"">' + '<>');
    const plain = sent({ title: 't', message: '1 < 2\n#{회원 이름}' }).content;
    const page = messageConfiguration({ channel: 'email', ...plain }).EmailMessage?.HtmlBody ?? '';
    const made = compileContent({ html: page }).render({ [NAME]: [value] }, MOMENT).html ?? '';
    expect(made).toContain('1 &lt; 2<br>');
    expect(made).not.toContain('<img');
  });

  it('that is null, an empty list, an object or a list within a list counts as none', () => {
    for (const none of [null, undefined, [], {}, { 0: 'x' }])
      expect(endpointValues({ User: { UserAttributes: { name: none } } }, [NAME])).toEqual({});
    expect(title([], '#{회원 이름}', { missing: 'default', defaults: { '#{회원 이름}': '고객' } })).toBe(
      '고객',
    );
    expect(title([''], '#{회원 이름}', { missing: 'default', defaults: { '#{회원 이름}': '고객' } })).toBe(
      '고객',
    );
  });

  it('is found only where it is: what objects inherit is no attribute', () => {
    const names = [
      'User.UserAttributes.constructor',
      'User.UserAttributes.__proto__',
      'User.UserAttributes.toString',
    ];
    expect(endpointValues({ User: { UserAttributes: {} } }, names)).toEqual({});
    const texts = sent({ title: '[#{회원 속성_constructor}]', message: 'x' });
    expect(compileContent(texts.content).render({}, MOMENT).title).toBe('[]');
  });

  it('of a million characters is rendered once, in its place', () => {
    const name = '가'.repeat(1_000_000);
    expect(title([name])?.length).toBe(1_000_000);
  });
});
