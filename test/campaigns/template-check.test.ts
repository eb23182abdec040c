import { describe, expect, it } from 'vitest';
import { templateProblems } from '../../lambdas/campaigns/template-check.ts';
import { compileTemplate } from '../../lambdas/shared/rendering/template.ts';

describe('the templates of a campaign', () => {
  it.each([
    '안녕하세요 {{User.UserId}}님',
    '{{User.UserAttributes.name}} {{User.UserAttributes.[Last Name].[0]}}',
    '{{#if User.UserAttributes.vip}}VIP{{else}}{{Attributes.plan}}{{/if}}',
    '{{#each User.UserAttributes.tags}}{{@index}} {{this}} {{../Address}}{{/each}}',
    '{{#eq User.UserAttributes.grade "GOLD"}}{{upper Attributes.plan}}{{else}}{{now "short"}}{{/eq}}',
    '{{#* inline "name"}}{{User.UserAttributes.name}}{{/inline}}{{> name}}',
    'no variables { } at all',
  ])('may use what Pinpoint has: %s', (text) => {
    expect(templateProblems(text)).toEqual([]);
  });

  it.each([
    ['{{Name}}', /no variable \{\{Name\}\}/],
    ['{{user.UserId}}', /no variable \{\{user\.UserId\}\}/],
    ['{{User.Name}}', /allowed: User\.UserId, User\.UserAttributes/],
    ['{{User.UserAttributes}}', /is a map: name one of its values/],
    ['{{constructor}}', /no variable/],
    ['{{#if User.Vip}}x{{/if}}', /no variable \{\{User\.Vip\}\}/],
    ['{{uper User.UserId}}', /no helper uper; there are: /],
    ['{{upper}}', /upper takes 1 to two values/],
    ['{{{User.UserId}}}', /two braces/],
    ['{{#if User.UserId}}x', /a mistake/],
    ['{{User.UserId', /a mistake/],
    ['{{> footer}}', /partial footer is not there/],
  ])('are refused, saying what is wrong, when they use %s', (text, problem) => {
    expect(templateProblems(text).join()).toMatch(problem);
  });
});

describe('a text the campaign accepts', () => {
  it('is one the engine can render: all is judged by the same module', () => {
    const text = '{{#each Attributes.tags}}{{capitalize this}}{{#unless @last}}, {{/unless}}{{/each}}';
    expect(templateProblems(text)).toEqual([]);
    expect(() => compileTemplate(text)).not.toThrow();
  });

  it('is told all its problems at once', () => {
    expect(templateProblems('{{Name}} {{{Id}}} {{uper Id}}')).toHaveLength(3);
  });
});
