import type { Clock } from '../../clock.ts';
import type { Layout } from './keys.ts';
import type { Uploads } from './multipart.ts';
import type { ObjectStore } from './objects.ts';
import type { S3Answer, S3Request } from './request.ts';

export interface S3Deps {
  readonly layout: Layout;
  readonly objects: ObjectStore;
  readonly uploads: Uploads;
  readonly buckets: ReadonlySet<string>;
  readonly clock: Clock;
}

export type S3Operation = (deps: S3Deps, request: S3Request) => S3Answer | Promise<S3Answer>;
