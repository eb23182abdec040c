import type { Json, Stack } from './template.ts';

/** The place in a template that is being read, for error messages and `AWS::StackName`. */
export interface Where {
  readonly stack: Stack;
  readonly path: readonly string[];
}

export const at = (where: Where, step: string | number): Where => ({
  ...where,
  path: [...where.path, String(step)],
});

/** A template says something that cannot be resolved; the message names stack, resource and path. */
export class TemplateError extends Error {
  constructor(where: Where, problem: string) {
    super(`${where.stack.name} / ${where.path.join('.')}: ${problem}`);
    this.name = 'TemplateError';
  }
}

/** What `AWS::NoValue` resolves to: the property or array element is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');
export type Resolved = Json | typeof NO_VALUE;
