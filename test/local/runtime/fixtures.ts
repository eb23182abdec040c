import type { Addresses, Place } from '../../../local/runtime/template/kinds.ts';
import { TemplateResolver } from '../../../local/runtime/template/resolver.ts';
import type {
  JsonObject,
  Stack,
  TemplateOutput,
  TemplateResource,
} from '../../../local/runtime/template/template.ts';

export const PLACE: Place = {
  accountId: '000000000000',
  region: 'ap-northeast-2',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
};

export const ADDRESSES: Addresses = {
  queueUrl: (name) => `http://127.0.0.1:9324/000000000000/${name}`,
  apiUrl: (apiId, stage) => `http://127.0.0.1:7300/${apiId}/${stage}`,
};

/** A stack of resources given as `[type, properties]`. */
export function stack(
  name: string,
  resources: Readonly<Record<string, readonly [type: string, properties?: JsonObject]>>,
  outputs: Readonly<Record<string, TemplateOutput>> = {},
): Stack {
  const entries = Object.entries(resources).map(
    ([id, [Type, Properties = {}]]): [string, TemplateResource] => [id, { Type, Properties }],
  );
  return { name, template: { Resources: Object.fromEntries(entries), Outputs: outputs } };
}

export const resolverOf = (...stacks: Stack[]): TemplateResolver =>
  new TemplateResolver(stacks, PLACE, ADDRESSES);
