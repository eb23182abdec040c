import { describe, expect, it } from 'vitest';
import { checkId } from '../../../lambdas/pinpoint/endpoints/check-endpoint.ts';

describe('an id', () => {
  const problemsOf = (id: string): string[] => {
    const problems: string[] = [];
    checkId('Id', id, (problem) => problems.push(problem));
    return problems;
  };

  it.each(['__proto__', 'constructor', 'a#b', 'a\nb', '', 'x'.repeat(401)])('may not be %j', (id) => {
    expect(problemsOf(id)).toHaveLength(1);
    expect(problemsOf(id)[0]).toMatch(/^Id /);
  });

  it.each(['회원 1', 'hasOwnProperty', 'a"b\\c', '{{User.UserId}}', 'x'.repeat(400)])('may be %j', (id) => {
    expect(problemsOf(id)).toEqual([]);
  });
});
