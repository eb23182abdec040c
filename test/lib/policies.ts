import { resources } from '../support/template.ts';
import { textOf } from './resolved.ts';

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: unknown;
}

interface Document {
  readonly Statement: readonly {
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Resource: unknown;
    readonly Condition?: unknown;
  }[];
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

const statementsOf = (document: unknown, stack: string): Statement[] =>
  (document as Document).Statement.map(({ Effect, Action, Resource, Condition }) => ({
    effect: Effect,
    actions: list(Action),
    resources: list(Resource).map((one) => textOf(one, stack)),
    condition: Condition,
  }));

/** Logical ids of roles in a stack, by the name of the function that runs with them (`pinpoint-deliver`). */
export function functionRoles(): Map<string, { stack: string; role: string }> {
  return new Map(
    resources('AWS::Lambda::Function').map(({ stack, Properties }) => {
      const [role] = (Properties['Role'] as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'];
      return [String(Properties['FunctionName']).replace('repoint-test-', ''), { stack, role }];
    }),
  );
}

/** What a role may do: its inline policies and those attached to it. */
export function statementsOfRole(stack: string, role: string): Statement[] {
  const attached = resources('AWS::IAM::Policy')
    .filter((policy) => policy.stack === stack)
    .filter(({ Properties }) => (Properties['Roles'] as { Ref: string }[]).some(({ Ref }) => Ref === role))
    .map(({ Properties }) => Properties['PolicyDocument']);
  const own = resources('AWS::IAM::Role')
    .filter(({ id, stack: of }) => id === role && of === stack)
    .flatMap(({ Properties }) => (Properties['Policies'] ?? []) as { PolicyDocument: unknown }[])
    .map(({ PolicyDocument }) => PolicyDocument);
  return [...attached, ...own].flatMap((document) => statementsOf(document, stack));
}

/** What a function may do. */
export function statementsOfFunction(name: string): Statement[] {
  const found = functionRoles().get(name);
  if (!found) throw new Error(`There is no function ${name}`);
  return statementsOfRole(found.stack, found.role);
}

/** The resources on which a function may do `action`. */
export const mayDo = (name: string, action: string): string[] =>
  statementsOfFunction(name)
    .filter(({ effect, actions }) => effect === 'Allow' && actions.includes(action))
    .flatMap(({ resources: on }) => on);
