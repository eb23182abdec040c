import { Duration } from 'aws-cdk-lib';
import { QUARANTINE_ENV, REPLAY_ENV } from '../../lambdas/events/env.ts';
import type { Deployment } from '../shared/deployment.ts';
import { lakeFolder } from '../shared/lake.ts';
import type { RepointBucket } from '../shared/repoint-bucket.ts';
import type { RepointFunction } from '../shared/repoint-function.ts';

const FOLDER = `${lakeFolder('quarantined_events')}/`;
/** What Firehose could not file of the events stream. */
const ERRORS = 'errors/events/';
const WHY = 'Quarantined events are objects under one prefix, named by day and request.';

/**
 * Where events lie that were not accepted: a folder of the lake, encrypted as its bucket is, emptied by rule
 * `retention.quarantineDays` after they came.
 */
export class QuarantineStore {
  constructor(
    private readonly deployment: Deployment,
    private readonly bucket: RepointBucket,
  ) {
    // A replay that takes some events of an object writes it anew, and S3 counts from then: a tag says what is left.
    for (let days = 1; days < this.days; days++)
      bucket.addLifecycleRule({
        prefix: FOLDER,
        tagFilters: { days: String(days) },
        expiration: Duration.days(days),
      });
  }

  private get days(): number {
    return this.deployment.config.retention.quarantineDays;
  }

  grantKeep(fn: RepointFunction): void {
    fn.allowUnder(WHY, ['s3:PutObject'], this.bucket.under(FOLDER)).knows(
      QUARANTINE_ENV.lakeBucket,
      this.bucket.bucketName,
    );
  }

  /** May read and empty quarantine, and what Firehose could not file. */
  grantReplay(fn: RepointFunction): void {
    fn.allowUnder(
      WHY,
      ['s3:GetObject', 's3:PutObject', 's3:PutObjectTagging', 's3:DeleteObject'],
      this.bucket.under(FOLDER),
    )
      .allowUnder(
        'Firehose names its error files itself.',
        ['s3:GetObject', 's3:DeleteObject'],
        this.bucket.under(ERRORS),
      )
      .allow(['s3:ListBucket'], this.bucket.bucketArn)
      .knows(QUARANTINE_ENV.lakeBucket, this.bucket.bucketName)
      .knows(REPLAY_ENV.quarantineDays, String(this.days));
  }
}
