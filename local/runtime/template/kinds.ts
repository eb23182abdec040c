import { createHash } from 'node:crypto';
import { secretArn } from '../../aws/secrets/store.ts';

/** The account, region and partition a template is resolved for. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly urlSuffix: string;
}

/** Where a service of this machine stands in for an address CloudFormation would give. */
export interface Addresses {
  /** URL of a queue, by its physical name (the SQS client calls the URL's own host). */
  queueUrl(queueName: string): string;
  /** Base URL of a REST API's stage, by the API's id. Undefined leaves the AWS address as it is. */
  apiUrl(apiId: string, stage: string): string | undefined;
}

/** What `Ref` and `Fn::GetAtt` of one resource may be made from. */
export interface View {
  readonly stack: string;
  readonly logicalId: string;
  readonly place: Place;
  readonly addresses: Addresses;
  /** A string property (`Name`, `TableInput.Name`) with its own intrinsics resolved; undefined when it is left out. */
  text(property: string): string | undefined;
}

type Read = (view: View) => string;

/** How one resource type answers `Ref` and `Fn::GetAtt`, as its CloudFormation reference page states. */
export interface Kind {
  readonly ref: Read;
  readonly attributes: Readonly<Record<string, Read>>;
}

/** A stable made-up id in the style of AWS (lower-case letters and digits). */
export function madeUpId(view: Pick<View, 'stack' | 'logicalId'>, length: number, salt = ''): string {
  const digest = createHash('sha256').update(`${view.stack}\0${view.logicalId}\0${salt}`).digest('hex');
  return BigInt(`0x${digest}`).toString(36).padStart(48, '0').slice(0, length);
}

/** The explicit physical name, or one made of stack and logical id as CloudFormation does. */
const named =
  (property: string): Read =>
  (view) =>
    view.text(property) ?? `${view.stack}-${view.logicalId}-${madeUpId(view, 12).toUpperCase()}`;

/** Bucket and domain names have lower case only. */
const lowerNamed =
  (property: string): Read =>
  (view) =>
    view.text(property) ?? `${view.stack}-${view.logicalId}-${madeUpId(view, 12)}`.toLowerCase();

const id =
  (length: number): Read =>
  (view) =>
    madeUpId(view, length);

/** `arn:<partition>:<service>:<region>:<account>:<resource>`, with `global` services having no region. */
const arn =
  (service: string, resource: Read, scope: 'regional' | 'global' | 'bare' = 'regional'): Read =>
  (view) => {
    const { partition, region, accountId } = view.place;
    const owner = scope === 'bare' ? ':' : scope === 'global' ? `:${accountId}` : `${region}:${accountId}`;
    return `arn:${partition}:${service}:${owner}:${resource(view)}`;
  };

const prefixed =
  (prefix: string, read: Read): Read =>
  (view) =>
    `${prefix}${read(view)}`;

const tableArn = arn('dynamodb', prefixed('table/', named('TableName')));
const functionArn = arn('lambda', prefixed('function:', named('FunctionName')));
const bucket = lowerNamed('BucketName');
const queueName = named('QueueName');
/** As the stand-in answers it: a policy or an environment may name a secret by its whole ARN. */
const secret: Read = (view) => secretArn(named('Name')(view));
const rolePath: Read = (view) => `role${view.text('Path') ?? '/'}${named('RoleName')(view)}`;
const scheduleName: Read = (view) => `schedule/${view.text('GroupName') ?? 'default'}/${named('Name')(view)}`;
const bucketDomain: Read = (view) => `${bucket(view)}.s3.${view.place.urlSuffix}`;
const regionalBucketDomain: Read = (view) =>
  `${bucket(view)}.s3.${view.place.region}.${view.place.urlSuffix}`;
const poolId: Read = (view) => `${view.place.region}_${madeUpId(view, 9)}`;
const keyId: Read = (view) => {
  const hex = createHash('sha256').update(`${view.stack}\0${view.logicalId}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
};

const plain = (ref: Read, attributes: Record<string, Read> = {}): Kind => ({ ref, attributes });

/** Every resource type that a template of ours may reference. A type or attribute not listed is an error. */
export const KINDS: Readonly<Record<string, Kind>> = {
  'AWS::ApiGateway::Account': plain(id(10)),
  'AWS::ApiGateway::ApiKey': plain(id(10), { APIKeyId: id(10) }),
  'AWS::ApiGateway::Authorizer': plain(id(6), { AuthorizerId: id(6) }),
  'AWS::ApiGateway::Deployment': plain(id(6), { DeploymentId: id(6) }),
  'AWS::ApiGateway::GatewayResponse': plain(id(10)),
  'AWS::ApiGateway::Method': plain(id(10)),
  'AWS::ApiGateway::Model': plain(named('Name')),
  'AWS::ApiGateway::RequestValidator': plain(id(6), { RequestValidatorId: id(6) }),
  'AWS::ApiGateway::Resource': plain(id(6), { ResourceId: id(6) }),
  'AWS::ApiGateway::RestApi': plain(id(10), {
    RestApiId: id(10),
    RootResourceId: (view) => madeUpId(view, 10, 'root'),
  }),
  'AWS::ApiGateway::Stage': plain(named('StageName')),
  'AWS::ApiGateway::UsagePlan': plain(id(6), { Id: id(6) }),
  'AWS::ApiGateway::UsagePlanKey': plain(id(10)),
  'AWS::Athena::WorkGroup': plain(named('Name')),
  'AWS::CloudWatch::Alarm': plain(named('AlarmName'), {
    Arn: arn('cloudwatch', prefixed('alarm:', named('AlarmName'))),
  }),
  'AWS::Cognito::UserPool': plain(poolId, {
    Arn: arn('cognito-idp', prefixed('userpool/', poolId)),
    UserPoolId: poolId,
  }),
  'AWS::DynamoDB::GlobalTable': plain(named('TableName'), { Arn: tableArn, TableId: keyId }),
  'AWS::DynamoDB::Table': plain(named('TableName'), { Arn: tableArn }),
  'AWS::Events::EventBus': plain(named('Name'), {
    Arn: arn('events', prefixed('event-bus/', named('Name'))),
    Name: named('Name'),
  }),
  'AWS::Events::Rule': plain(named('Name'), { Arn: arn('events', prefixed('rule/', named('Name'))) }),
  'AWS::Glue::Database': plain(lowerNamed('DatabaseInput.Name')),
  'AWS::Glue::Table': plain(lowerNamed('TableInput.Name')),
  'AWS::IAM::ManagedPolicy': plain(
    arn('iam', (view) => `policy/${named('ManagedPolicyName')(view)}`, 'global'),
  ),
  'AWS::IAM::Policy': plain(named('PolicyName')),
  'AWS::IAM::Role': plain(named('RoleName'), { Arn: arn('iam', rolePath, 'global'), RoleId: id(20) }),
  'AWS::KMS::Alias': plain(named('AliasName')),
  'AWS::KMS::Key': plain(keyId, { Arn: arn('kms', prefixed('key/', keyId)), KeyId: keyId }),
  'AWS::Kinesis::Stream': plain(named('Name'), {
    Arn: arn('kinesis', prefixed('stream/', named('Name'))),
  }),
  'AWS::KinesisFirehose::DeliveryStream': plain(named('DeliveryStreamName'), {
    Arn: arn('firehose', prefixed('deliverystream/', named('DeliveryStreamName'))),
  }),
  'AWS::Lambda::EventSourceMapping': plain(keyId, { Id: keyId }),
  'AWS::Lambda::Function': plain(named('FunctionName'), { Arn: functionArn }),
  'AWS::Logs::LogGroup': plain(named('LogGroupName'), {
    Arn: arn('logs', (view) => `log-group:${named('LogGroupName')(view)}:*`),
  }),
  'AWS::Logs::LogStream': plain(named('LogStreamName')),
  'AWS::Pinpoint::App': plain(id(32), {
    Arn: arn('mobiletargeting', (view) => `apps/${madeUpId(view, 32)}`),
  }),
  'AWS::S3::Bucket': plain(bucket, {
    Arn: arn('s3', bucket, 'bare'),
    DomainName: bucketDomain,
    RegionalDomainName: regionalBucketDomain,
  }),
  'AWS::Scheduler::Schedule': plain(named('Name'), { Arn: arn('scheduler', scheduleName) }),
  'AWS::Scheduler::ScheduleGroup': plain(named('Name'), {
    Arn: arn('scheduler', prefixed('schedule-group/', named('Name'))),
  }),
  'AWS::SecretsManager::Secret': plain(secret, { Id: secret }),
  'AWS::SES::ConfigurationSet': plain(named('Name')),
  'AWS::SNS::Topic': plain(arn('sns', named('TopicName')), {
    TopicArn: arn('sns', named('TopicName')),
    TopicName: named('TopicName'),
  }),
  'AWS::SQS::Queue': plain((view) => view.addresses.queueUrl(queueName(view)), {
    Arn: arn('sqs', queueName),
    QueueName: queueName,
    QueueUrl: (view) => view.addresses.queueUrl(queueName(view)),
  }),
};
