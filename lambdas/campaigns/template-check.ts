import { compileTemplate, readTemplate, TemplateError } from '../shared/rendering/template.ts';
import { ROOTS } from '../shared/rendering/variables.ts';

/**
 * What is wrong with a text in Pinpoint's notation, for its author (spec §4: an unknown variable name is an error); empty
 * when the engine can render it. The engine itself takes unknown names for empty, and values without escaping where a
 * template asks for it.
 */
export function templateProblems(text: string): string[] {
  const problems: string[] = [];
  try {
    const { problems: own, unknown, raw } = readTemplate(text);
    // A member's value is text: unescaped it could bring its own markup into an e-mail.
    if (raw) problems.push('values are written with two braces ({{…}}), so that HTML in them is escaped');
    problems.push(...own, ...unknown.map(unknownProblem));
    if (problems.length === 0) compileTemplate(text);
    return problems;
  } catch (cause) {
    if (cause instanceof TemplateError) return [...problems, `the template has a mistake: ${cause.message}`];
    throw cause;
  }
}

const unknownProblem = (name: string): string =>
  /^User\b/.test(name)
    ? `there is no variable {{${name}}}; allowed: User.UserId, User.UserAttributes.<name>`
    : `there is no variable {{${name}}}; variables begin with ${ROOTS.join(', ')}`;
