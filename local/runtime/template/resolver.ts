import { INTRINSICS, type Scope } from './intrinsics.ts';
import { type Addresses, KINDS, type Place, type View } from './kinds.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  type ResolvedResource,
  type Stack,
  type TemplateResource,
} from './template.ts';
import { at, NO_VALUE, type Resolved, TemplateError, type Where } from './where.ts';

/**
 * Resolves CloudFormation's intrinsic functions over a set of stacks to the values a deployment would have.
 * Unknown functions, pseudo parameters, resource types and attributes throw a `TemplateError`.
 */
export class TemplateResolver implements Scope {
  private readonly stacks: readonly Stack[];
  private readonly place: Place;
  private readonly addresses: Addresses;
  private readonly apiIds: ReadonlySet<string>;
  private readonly open = new Set<string>();

  constructor(stacks: readonly Stack[], place: Place, addresses: Addresses) {
    this.stacks = stacks;
    this.place = place;
    this.addresses = addresses;
    this.apiIds = new Set(
      stacks.flatMap((stack) =>
        Object.entries(stack.template.Resources)
          .filter(([, { Type }]) => Type === 'AWS::ApiGateway::RestApi')
          .map(([logicalId]) => this.reference({ stack, path: [logicalId] }, logicalId)),
      ),
    );
  }

  /** All resources of the given types, resolved; in template order. */
  resources(...types: readonly string[]): ResolvedResource[] {
    return this.stacks.flatMap((stack) =>
      Object.entries(stack.template.Resources)
        .filter(([, { Type }]) => types.includes(Type))
        .map(([logicalId, resource]) => this.resolvedResource(stack, logicalId, resource)),
    );
  }

  /** What `Ref` gives for a resource. */
  ref(resource: Pick<ResolvedResource, 'stack' | 'logicalId'>): string {
    return this.reference(
      { stack: this.stack(resource.stack), path: [resource.logicalId] },
      resource.logicalId,
    );
  }

  /** What `Fn::GetAtt` gives for a resource. */
  attribute(resource: Pick<ResolvedResource, 'stack' | 'logicalId'>, name: string): string {
    const where = { stack: this.stack(resource.stack), path: [resource.logicalId] };
    return this.attributeOf(where, resource.logicalId, name);
  }

  /** Any value of a template of stack `stackName`; `path` names it in errors. */
  resolve(stackName: string, value: Json, path = 'value'): Json {
    return this.value(value, { stack: this.stack(stackName), path: [path] });
  }

  /** Outputs of one stack by their logical names. */
  outputs(stackName: string): Record<string, Json> {
    const stack = this.stack(stackName);
    return Object.fromEntries(
      Object.entries(stack.template.Outputs ?? {}).map(([name, { Value }]) => [
        name,
        this.value(Value, { stack, path: ['Outputs', name] }),
      ]),
    );
  }

  // The methods below are what intrinsics are resolved with (`Scope`).

  value(value: Json, where: Where): Json {
    const resolved = this.maybe(value, where);
    if (resolved === NO_VALUE)
      throw new TemplateError(where, 'AWS::NoValue can only stand for a property or an array element');
    return resolved;
  }

  text(value: Json, where: Where): string {
    const resolved = this.value(value, where);
    if (typeof resolved === 'string') return resolved;
    if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
    throw new TemplateError(where, `expected a string, found ${JSON.stringify(resolved)}`);
  }

  pseudoOrReference(name: string, where: Where): Resolved {
    switch (name) {
      case 'AWS::AccountId':
        return this.place.accountId;
      case 'AWS::Region':
        return this.place.region;
      case 'AWS::Partition':
        return this.place.partition;
      case 'AWS::URLSuffix':
        return this.place.urlSuffix;
      case 'AWS::StackName':
        return where.stack.name;
      case 'AWS::StackId':
        return `arn:${this.place.partition}:cloudformation:${this.place.region}:${this.place.accountId}:stack/${where.stack.name}/local`;
      case 'AWS::NoValue':
        return NO_VALUE;
      default:
        return this.reference(where, name);
    }
  }

  attributeOf(where: Where, logicalId: string, name: string): string {
    const { view, type } = this.view(where, logicalId);
    const read = KINDS[type]?.attributes[name];
    if (!read) throw new TemplateError(where, `attribute ${name} of ${logicalId} (${type}) is not known`);
    return read(view);
  }

  exported(name: string, where: Where): Json {
    for (const stack of this.stacks) {
      for (const [output, { Value, Export }] of Object.entries(stack.template.Outputs ?? {})) {
        const here: Where = { stack, path: ['Outputs', output] };
        if (Export && this.value(Export.Name, at(here, 'Export')) === name) return this.value(Value, here);
      }
    }
    throw new TemplateError(where, `no stack exports ${name}`);
  }

  stackOutput(stackName: string, outputName: string, where: Where): Json {
    const stack = this.stacks.find(({ name }) => name === stackName);
    const output = stack?.template.Outputs?.[outputName];
    if (!stack || !output) throw new TemplateError(where, `stack ${stackName} has no output ${outputName}`);
    return this.value(output.Value, { stack, path: ['Outputs', outputName] });
  }

  /** Replaces the AWS address of a REST API's stage by the one it has here. */
  withLocalAddresses(text: string): string {
    return text.replace(
      /https:\/\/([a-z0-9]{10})\.execute-api\.[a-z0-9-]+\.[a-z.]+\/([A-Za-z0-9_-]+)/g,
      (found, apiId: string, stage: string) =>
        this.apiIds.has(apiId) ? (this.addresses.apiUrl(apiId, stage) ?? found) : found,
    );
  }

  private maybe(value: Json, where: Where): Resolved {
    if (typeof value === 'string') return checkedText(value, where);
    if (Array.isArray(value)) return this.list(value, where);
    if (!isObject(value)) return value;
    const [key, ...others] = Object.keys(value);
    if (key !== undefined && others.length === 0 && (key === 'Ref' || key.startsWith('Fn::')))
      return this.intrinsic(key, value[key] ?? null, where);
    return this.object(value, where);
  }

  private list(values: readonly Json[], where: Where): Json[] {
    return values.flatMap((value, index) => {
      const resolved = this.maybe(value, at(where, index));
      return resolved === NO_VALUE ? [] : [resolved];
    });
  }

  private object(value: JsonObject, where: Where): JsonObject {
    const out: JsonObject = {};
    for (const [key, inner] of Object.entries(value)) {
      const resolved = this.maybe(inner, at(where, key));
      if (resolved !== NO_VALUE) out[key] = resolved;
    }
    return out;
  }

  private intrinsic(name: string, argument: Json, where: Where): Resolved {
    const run = INTRINSICS[name];
    if (!run) throw new TemplateError(where, `${name} is not a function this resolver knows`);
    return run(this, argument, at(where, name));
  }

  private reference(where: Where, logicalId: string): string {
    const { view, type } = this.view(where, logicalId);
    const kind = KINDS[type];
    if (!kind) throw new TemplateError(where, `Ref of ${logicalId} (${type}) is not known`);
    const key = `${where.stack.name}/${logicalId}`;
    if (this.open.has(key)) throw new TemplateError(where, `${logicalId} refers to itself`);
    this.open.add(key);
    try {
      return kind.ref(view);
    } finally {
      this.open.delete(key);
    }
  }

  private view(where: Where, logicalId: string): { view: View; type: string } {
    const resource = where.stack.template.Resources[logicalId];
    if (!resource) throw new TemplateError(where, `there is no resource ${logicalId}`);
    const text = (property: string): string | undefined => {
      const value = property
        .split('.')
        .reduce<Json | undefined>(
          (node, key) => (isObject(node) ? node[key] : undefined),
          resource.Properties,
        );
      const inside: Where = { stack: where.stack, path: [logicalId, 'Properties', property] };
      if (value === undefined) return undefined;
      const resolved = this.maybe(value, inside);
      return resolved === NO_VALUE ? undefined : this.text(resolved, inside);
    };
    const { place, addresses } = this;
    return { view: { stack: where.stack.name, logicalId, place, addresses, text }, type: resource.Type };
  }

  private resolvedResource(stack: Stack, logicalId: string, resource: TemplateResource): ResolvedResource {
    const where: Where = { stack, path: [logicalId] };
    if (resource.Condition)
      throw new TemplateError(where, `Condition ${resource.Condition} cannot be evaluated`);
    const properties = this.object(resource.Properties ?? {}, at(where, 'Properties'));
    return { stack: stack.name, logicalId, type: resource.Type, properties };
  }

  private stack(name: string): Stack {
    const stack = this.stacks.find((candidate) => candidate.name === name);
    if (!stack) throw new Error(`There is no stack ${name}`);
    return stack;
  }
}

function checkedText(text: string, where: Where): string {
  if (text.includes('{{resolve:'))
    throw new TemplateError(where, `dynamic reference ${text} cannot be resolved here`);
  return text;
}
