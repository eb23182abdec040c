import type { LocalTemplate } from './local-template.ts';

/** Kinds of resources whose physical names tools and tests want to know, with the `Ref` or attribute that is the name. */
const NAMED: readonly (readonly [kind: string, type: string, attribute?: string])[] = [
  ['table', 'AWS::DynamoDB::Table'],
  ['stream', 'AWS::Kinesis::Stream'],
  ['firehose', 'AWS::KinesisFirehose::DeliveryStream'],
  ['bucket', 'AWS::S3::Bucket'],
  ['queue', 'AWS::SQS::Queue', 'QueueName'],
  ['function', 'AWS::Lambda::Function'],
];

/**
 * Physical names by what they are: `workgroup`, `database`, and `<kind>:<name>` such as `table:members`,
 * `queue:slices`, `bucket:lake` or `function:events-api`.
 */
export function physicalNames(template: LocalTemplate): Record<string, string> {
  const names: Record<string, string> = {};
  for (const [kind, type, attribute] of NAMED) {
    for (const resource of template.resources(type)) {
      const name = attribute ? template.attribute(resource, attribute) : template.ref(resource);
      names[`${kind}:${shortName(name)}`] = name;
    }
  }
  const [workgroup] = template.resources('AWS::Athena::WorkGroup');
  const [database] = template.properties<{ DatabaseInput: { Name: string } }>('AWS::Glue::Database');
  if (workgroup) names['workgroup'] = template.ref(workgroup);
  if (database) names['database'] = database.DatabaseInput.Name;
  return names;
}

/** `repoint-local-slices` → `slices`; a bucket also loses account and region. */
const shortName = (name: string): string =>
  name.replace(/^repoint-[a-z0-9]+-/, '').replace(/-\d{12}-[a-z0-9-]+$/, '');
