import { join } from 'node:path';
import {
  type Athena,
  type GlueDatabaseProperties,
  type GlueTableProperties,
  startAthena,
  type WorkgroupProperties,
} from './aws/athena/index.ts';
import { type Bus, startBus } from './aws/bus/index.ts';
import { type Dynamo, startDynamo } from './aws/dynamo/index.ts';
import { type Firehose, type FirehoseOptions, startFirehose } from './aws/firehose/index.ts';
import { type Kinesis, startKinesis } from './aws/kinesis/index.ts';
import { type Invoke, type LambdaApi, startLambdaApi } from './aws/lambda-api/index.ts';
import { type S3, startS3 } from './aws/s3/index.ts';
import { type Secrets, startSecrets } from './aws/secrets/index.ts';
import { type Sqs, startSqs } from './aws/sqs/index.ts';
import { type Sts, startSts } from './aws/sts/index.ts';
import type { SettableClock } from './clock.ts';
import { type Outbox, type OutboxOptions, startOutbox } from './outbox/index.ts';
import type { LocalTemplate } from './runtime/local-template.ts';
import type { Troubles } from './troubles.ts';

/** Everything that stands in for AWS and the world behind it, running. */
export interface StandIns {
  readonly dynamo: Dynamo;
  readonly sqs: Sqs;
  readonly s3: S3;
  readonly kinesis: Kinesis;
  readonly firehose: Firehose;
  readonly athena: Athena;
  readonly secrets: Secrets;
  readonly sts: Sts;
  readonly lambdaApi: LambdaApi;
  readonly bus: Bus;
  readonly outbox: Outbox;
  close(): Promise<void>;
}

export interface StandInOptions {
  readonly dir: string;
  readonly template: LocalTemplate;
  readonly clock: SettableClock;
  /** Runs a function; the functions themselves start after the stand-ins. */
  readonly invoke: Invoke;
  /** Address and key of the public API, for events that apps of recipients send. */
  readonly collector: OutboxOptions['collector'];
  readonly troubles: Troubles;
}

interface Closing {
  close(): Promise<void>;
}

/** What is starting or up, so that all of it can be closed, the last one first. */
class Opened {
  private readonly all: Promise<Closing>[] = [];

  add<T extends Closing>(starting: Promise<T>): Promise<T> {
    // Awaited one by one later: a failure in the meantime is no unhandled rejection.
    starting.catch(() => undefined);
    this.all.push(starting);
    return starting;
  }

  async close(): Promise<void> {
    for (const result of (await Promise.allSettled(this.all)).reverse())
      if (result.status === 'fulfilled') await result.value.close();
  }
}

/** Starts every stand-in, side by side where they do not need each other. When one fails, all others are closed. */
export async function startStandIns(options: StandInOptions): Promise<StandIns> {
  const opened = new Opened();
  try {
    return { ...(await started(options, opened)), close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function started(options: StandInOptions, opened: Opened): Promise<Omit<StandIns, 'close'>> {
  const { dir, template, clock, invoke, collector, troubles } = options;
  const s3Dir = join(dir, 's3');
  const buckets = template.resources('AWS::S3::Bucket').map((bucket) => template.ref(bucket));
  const glueTables = template.properties<GlueTableProperties>('AWS::Glue::Table');

  const dynamo = opened.add(startDynamo({ dir, clock, tables: template.properties('AWS::DynamoDB::Table') }));
  const sqs = opened.add(startSqs({ queues: template.properties('AWS::SQS::Queue') }));
  const s3 = opened.add(startS3({ dir: s3Dir, buckets, clock }));
  const kinesis = opened.add(
    startKinesis({ dir: join(dir, 'kinesis'), streams: template.properties('AWS::Kinesis::Stream'), clock }),
  );
  const firehose = opened.add(
    kinesis.then((source) =>
      startFirehose({
        deliveryStreams: template.properties<FirehoseOptions['deliveryStreams'][number]>(
          'AWS::KinesisFirehose::DeliveryStream',
        ),
        kinesis: source,
        glueTables,
        dir: join(dir, 'firehose'),
        s3Dir,
      }),
    ),
  );
  const athena = opened.add(
    startAthena({
      workgroups: template.properties<WorkgroupProperties>('AWS::Athena::WorkGroup'),
      glueDatabases: template.properties<GlueDatabaseProperties>('AWS::Glue::Database'),
      glueTables,
      s3Dir,
      dir: join(dir, 'athena'),
      clock,
      fails: () => troubles.failsQuery(),
    }),
  );
  const secrets = opened.add(
    startSecrets({ dir, clock, secrets: template.properties('AWS::SecretsManager::Secret') }),
  );
  const sts = opened.add(startSts({ clock }));
  const lambdaApi = opened.add(startLambdaApi({ invoke }));
  const bus = opened.add(
    startBus({
      rules: template.properties('AWS::Events::Rule'),
      invoke,
      clock,
      onDeadLetter: ({ queueArn, event }) => {
        if (queueArn) void sqs.then(({ send }) => send(queueArn, JSON.stringify(event)));
      },
    }),
  );
  const outbox = opened.add(bus.then(({ publish }) => startOutbox({ dir, clock, publish, collector })));
  return {
    dynamo: await dynamo,
    sqs: await sqs,
    s3: await s3,
    kinesis: await kinesis,
    firehose: await firehose,
    athena: await athena,
    secrets: await secrets,
    sts: await sts,
    lambdaApi: await lambdaApi,
    bus: await bus,
    outbox: await outbox,
  };
}

/** URL by service, as the AWS SDK spells the service in AWS_ENDPOINT_URL_<SERVICE>. */
export function sdkEndpoints(standIns: Omit<StandIns, 'close'>): Record<string, string> {
  return {
    DYNAMODB: standIns.dynamo.url,
    SQS: standIns.sqs.url,
    S3: standIns.s3.url,
    KINESIS: standIns.kinesis.url,
    ATHENA: standIns.athena.url,
    SECRETS_MANAGER: standIns.secrets.url,
    STS: standIns.sts.url,
    LAMBDA: standIns.lambdaApi.url,
    EVENTBRIDGE: standIns.bus.url,
    // Push goes out by SendMessages of AWS: this is the outbox, never the engine.
    PINPOINT: standIns.outbox.url,
    SESV2: standIns.outbox.url,
    PINPOINT_SMS_VOICE_V2: standIns.outbox.url,
  };
}

/** URL by the variable that names an address outside AWS. */
export const outsideAddresses = ({ outbox }: Pick<StandIns, 'outbox'>): Record<string, string> => ({
  KAKAO_PROVIDER_URL: `${outbox.url}/kakao/messages`,
});
