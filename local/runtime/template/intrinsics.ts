import { isObject, type Json } from './template.ts';
import { at, NO_VALUE, type Resolved, TemplateError, type Where } from './where.ts';

/** What an intrinsic function may ask of the resolver that runs it. */
export interface Scope {
  /** Resolves any value; throws where only a value will do. */
  value(value: Json, where: Where): Json;
  text(value: Json, where: Where): string;
  pseudoOrReference(name: string, where: Where): Resolved;
  attributeOf(where: Where, logicalId: string, name: string): string;
  exported(name: string, where: Where): Json;
  stackOutput(stackName: string, outputName: string, where: Where): Json;
  /** Replaces the AWS address of a REST API's stage by the one it has here. */
  withLocalAddresses(text: string): string;
}

type Intrinsic = (scope: Scope, argument: Json, where: Where) => Resolved;

function list(argument: Json, length: number, where: Where): Json[] {
  if (!Array.isArray(argument) || argument.length !== length)
    throw new TemplateError(where, `expected an array of ${length}`);
  return argument;
}

function strings(scope: Scope, argument: Json, where: Where): string[] {
  const values = scope.value(argument, where);
  if (!Array.isArray(values)) throw new TemplateError(where, 'expected an array');
  return values.map((value, index) => scope.text(value, at(where, index)));
}

function substitute(scope: Scope, argument: Json, where: Where): string {
  const [pattern, variables] = Array.isArray(argument) ? list(argument, 2, where) : [argument, {}];
  if (typeof pattern !== 'string' || !isObject(variables))
    throw new TemplateError(where, 'expected a string, or a string and a map of variables');
  const text = pattern.replace(/\$\{([^}]*)\}/g, (_, expression: string) => {
    const name = expression.trim();
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const own = variables[name];
    if (own !== undefined) return scope.text(own, at(where, name));
    const dot = name.indexOf('.');
    if (dot > 0) return scope.attributeOf(where, name.slice(0, dot), name.slice(dot + 1));
    const value = scope.pseudoOrReference(name, where);
    if (value === NO_VALUE) throw new TemplateError(where, 'AWS::NoValue has no text');
    return scope.text(value, where);
  });
  return scope.withLocalAddresses(text);
}

/** CloudFormation's intrinsic functions, by name. A function not listed is an error. */
export const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (scope, argument, where) => {
    if (typeof argument !== 'string') throw new TemplateError(where, 'expected a logical id');
    return scope.pseudoOrReference(argument, where);
  },
  'Fn::GetAtt': (scope, argument, where) => {
    const [logicalId, ...attribute] =
      typeof argument === 'string' ? argument.split('.') : list(argument, 2, where);
    if (typeof logicalId !== 'string') throw new TemplateError(where, 'expected a logical id');
    return scope.attributeOf(where, logicalId, attribute.map((part) => scope.text(part, where)).join('.'));
  },
  'Fn::Sub': substitute,
  'Fn::Join': (scope, argument, where) => {
    const [separator, parts] = list(argument, 2, where);
    const joined = strings(scope, parts ?? null, where).join(scope.text(separator ?? '', where));
    return scope.withLocalAddresses(joined);
  },
  'Fn::Split': (scope, argument, where) => {
    const [separator, text] = list(argument, 2, where);
    return scope.text(text ?? null, where).split(scope.text(separator ?? null, where));
  },
  'Fn::Select': (scope, argument, where) => {
    const [index, values] = list(argument, 2, where);
    const elements = scope.value(values ?? null, where);
    const selected = Array.isArray(elements) ? elements[Number(scope.text(index ?? null, where))] : undefined;
    if (selected === undefined)
      throw new TemplateError(where, `there is no element ${JSON.stringify(index)}`);
    return selected;
  },
  'Fn::Base64': (scope, argument, where) =>
    Buffer.from(scope.text(argument, where), 'utf8').toString('base64'),
  'Fn::ImportValue': (scope, argument, where) => scope.exported(scope.text(argument, where), where),
  'Fn::GetStackOutput': (scope, argument, where) => {
    if (!isObject(argument)) throw new TemplateError(where, 'expected StackName and OutputName');
    const { StackName, OutputName, ...others } = argument;
    const unknown = Object.keys(others).filter((key) => key !== 'Region' && key !== 'RoleArn');
    if (unknown.length > 0) throw new TemplateError(where, `unknown argument ${unknown.join(', ')}`);
    return scope.stackOutput(
      scope.text(StackName ?? null, where),
      scope.text(OutputName ?? null, where),
      where,
    );
  },
};
