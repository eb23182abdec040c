import { join } from 'node:path';
import { readAssembly } from './template/assembly.ts';
import type { Place } from './template/kinds.ts';
import { TemplateResolver } from './template/resolver.ts';
import type { JsonObject, ResolvedResource } from './template/template.ts';

/** The account and region of the stage `local`; the stand-ins answer in their name. */
export const LOCAL_PLACE: Place = {
  accountId: '000000000000',
  region: 'ap-northeast-2',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
};

/** Addresses that are known only once something listens. */
export interface LateAddresses {
  queueUrls?: Readonly<Record<string, string>>;
  apiUrl?: (apiId: string, stage: string) => string | undefined;
}

/** The synthesized stacks, resolved for this machine. */
export class LocalTemplate {
  readonly assets: ReadonlyMap<string, string>;
  private readonly resolver: TemplateResolver;

  /** `addresses` may be filled in later, but before anything is resolved that mentions a queue's URL. */
  constructor(assemblyDir: string, addresses: LateAddresses) {
    const { stacks, assets } = readAssembly(assemblyDir);
    this.assets = assets;
    this.resolver = new TemplateResolver(stacks, LOCAL_PLACE, {
      queueUrl: (name) => {
        const url = addresses.queueUrls?.[name];
        if (!url) throw new Error(`The queue ${name} has no address yet, or is not in the template`);
        return url;
      },
      apiUrl: (apiId, stage) => addresses.apiUrl?.(apiId, stage),
    });
  }

  resources(...types: readonly string[]): ResolvedResource[] {
    return this.resolver.resources(...types);
  }

  /** The resolved properties of every resource of the given types. */
  properties<Properties = JsonObject>(...types: readonly string[]): Properties[] {
    return this.resources(...types).map(({ properties }) => properties as Properties);
  }

  ref(resource: ResolvedResource): string {
    return this.resolver.ref(resource);
  }

  attribute(resource: ResolvedResource, name: string): string {
    return this.resolver.attribute(resource, name);
  }

  /** Resources of one type together with what Ref gives for them (the gateway joins them by it). */
  of(type: string): (ResolvedResource & { readonly ref: string })[] {
    return this.resources(type).map((resource) => ({ ...resource, ref: this.ref(resource) }));
  }
}

/** Where `npm start` keeps the assembly of a state folder. */
export const assemblyDirOf = (dir: string): string => join(dir, 'cdk.out');
