import { templates } from '../support/template.ts';

/** Intrinsics as text, enough to compare and to recognise: `Ref` gives the physical name where one is given. */
export function textOf(value: unknown, stack: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map((one) => textOf(one, stack)).join(',');
  const [name = '', argument] = Object.entries(value as Record<string, unknown>)[0] ?? [];
  switch (name) {
    case 'Ref':
      return referenced(String(argument), stack);
    case 'Fn::GetAtt':
      return attribute(argument as [string, string], stack);
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => textOf(part, stack)).join(separator);
    }
    case 'Fn::ImportValue':
      return imported(textOf(argument, stack));
    default:
      throw new Error(`${stack}: cannot read ${JSON.stringify(value)}`);
  }
}

const NAMES = [
  'FunctionName',
  'TableName',
  'QueueName',
  'BucketName',
  'RoleName',
  'Name',
  'RestApiName',
  'TopicName',
];

const resourceOf = (id: string, stack: string) => templates()[stack]?.Resources[id];

function referenced(id: string, stack: string): string {
  const resource = resourceOf(id, stack);
  if (!resource) return id.replace('AWS::', '');
  const name = NAMES.map((key) => resource.Properties[key]).find((one) => typeof one === 'string');
  const text = typeof name === 'string' ? name : `${stack}.${id}`;
  return resource.Type === 'AWS::SQS::Queue' ? `https://sqs.example.com/${text}` : text;
}

function attribute([id, key]: [string, string], stack: string): string {
  return `${key.toLowerCase()}:${referenced(id, stack).replace('https://sqs.example.com/', '')}`;
}

function imported(name: string): string {
  for (const [stack, { Outputs = {} }] of Object.entries(templates())) {
    const output = Object.values(Outputs).find(({ Export }) => Export?.Name === name);
    if (output) return textOf(output.Value, stack);
  }
  throw new Error(`Nothing exports ${name}`);
}
