import { Duration, Stack } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { bucketName, type Deployment, KEEP } from './deployment.ts';

export interface RepointBucketProps {
  /** Physical name without prefix and suffix, e.g. `lake`. */
  readonly name: string;
  /** Days after which objects under a prefix (`''` is the whole bucket) go. */
  readonly expireDays: Readonly<Record<string, number>>;
  /** Where requests to this bucket are logged; a log bucket has none. */
  readonly accessLogs?: Bucket;
}

/** A bucket as all of ours are: private, encrypted, TLS only, kept when its stack goes, its objects expiring by rule. */
export class RepointBucket extends Bucket {
  private readonly physical: string;

  constructor(scope: Construct, id: string, deployment: Deployment, props: RepointBucketProps) {
    super(scope, id, {
      bucketName: bucketName(deployment, props.name),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: KEEP,
      ...(props.accessLogs
        ? { serverAccessLogsBucket: props.accessLogs as IBucket, serverAccessLogsPrefix: `${props.name}/` }
        : {}),
      lifecycleRules: Object.entries(props.expireDays).map(([prefix, days]) => ({
        ...(prefix === '' ? {} : { prefix }),
        expiration: Duration.days(days),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      })),
    });
    this.physical = bucketName(deployment, props.name);
  }

  /** All objects under a prefix, by the bucket's own name: a finding about it reads the same in every stack. */
  under(prefix: string): string {
    return Stack.of(this).formatArn({
      service: 's3',
      region: '',
      account: '',
      resource: this.physical,
      resourceName: `${prefix}*`,
    });
  }
}
