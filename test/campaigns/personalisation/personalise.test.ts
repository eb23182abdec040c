import { describe, expect, it } from 'vitest';
import { asksAtDelivery } from '../../../lambdas/campaigns/personalisation/missing.ts';
import {
  personalisationProblems,
  personalised,
} from '../../../lambdas/campaigns/personalisation/personalise.ts';
import { sentContent } from '../../../lambdas/campaigns/personalisation/sent-content.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import { says } from './support/worlds.ts';

const VARIABLES = variables();

describe('a content', () => {
  it('is translated however deep its texts lie, and its template’s name is left alone', () => {
    const { content, needs, problems } = personalised(
      {
        title: '#{회원 이름}',
        template: { name: '#{x}' },
        kakao: { kind: 'carousel', cards: [{ text: '#{쿠폰}', buttons: [{ link: '{{Address}}' }] }] },
      },
      VARIABLES,
    );
    expect(problems).toEqual([]);
    expect(content).toEqual({
      title: '{{User.UserAttributes.name}}',
      template: { name: '#{x}' },
      kakao: {
        kind: 'carousel',
        cards: [{ text: '{{Attributes.coupon}}', buttons: [{ link: '{{Address}}' }] }],
      },
    });
    expect(needs.names).toEqual(['User.UserAttributes.name', 'Attributes.coupon', 'Address']);
  });

  it('has all its problems told at once, each with the field of its text', () => {
    const { problems } = personalised(
      { title: '#{이럼}', message: '{{Demographic.Local}}', kakao: { cards: [{ text: '{{#if x}}' }] } },
      VARIABLES,
      'variants.1',
    );
    expect(problems.map(({ field }) => field)).toEqual([
      'variants.1.title',
      'variants.1.message',
      'variants.1.kakao.cards.0.text',
    ]);
    expect(problems[1]?.message).toContain('Demographic.Locale');
  });

  it('has the unknown names of one text told at once, in both notations', () => {
    const problems = personalisationProblems('#{이럼} {{Foo}} #{쿠퐁} {{Bar}}', VARIABLES);
    expect(problems.map((problem) => /#\{\S+\}|\{\{\S+\}\}/.exec(problem)?.[0])).toEqual([
      '#{이럼}',
      '#{쿠퐁}',
      '{{Foo}}',
      '{{Bar}}',
    ]);
  });

  it('that names what is not there is never sent', () => {
    const content = { message: '안녕 #{이럼}' };
    expect(() => sentContent(content, says(content), VARIABLES, (own) => own)).toThrow('#{이럼}');
  });

  it('names variables in the author’s notation in its problems', () => {
    expect(personalisationProblems('{{Nothing.here}}', VARIABLES)[0]).toContain('Nothing.here');
    expect(personalisationProblems('\\#{x} #{회원 이름}', VARIABLES)).toEqual([]);
  });
});

describe('the hook', () => {
  const asks = (message: string, rest = {}) => {
    const { needs, rule } = sentContent({ message }, says({ message }, rest), VARIABLES, (own) => own);
    return asksAtDelivery(needs, rule);
  };

  it('is asked where somebody may have to be left out, or values are ours to give', () => {
    expect(asks('#{회원 이름}')).toBe(true);
    expect(asks('{{#if Attributes.last_viewed_name}}x{{/if}}')).toBe(true);
  });

  it('is spared where everybody has the values, or a default', () => {
    expect(asks('#{회원 아이디} {{Address}}')).toBe(false);
    expect(asks('{{#if User.UserAttributes.name}}x{{/if}}')).toBe(false);
    expect(asks('#{회원 이름}', { missing: 'default', defaults: { '#{회원 이름}': '고객' } })).toBe(false);
  });
});
