import { createHash } from 'node:crypto';
import type { ImportJobRequest } from '@aws-sdk/client-pinpoint';
import type { QueueSender } from '../../shared/queue-sender.ts';
import { requireApp } from '../apps/app.ts';
import { createOnce } from '../create-once.ts';
import type { Registry } from '../ports.ts';
import { badRequest } from '../protocol/errors.ts';
import type { Operation } from '../protocol/operation.ts';
import { requireSegment } from '../segments/segment.ts';
import { type ImportDefinition, importJobResponse, type JobRow, jobKey, NO_PROGRESS } from './job.ts';
import type { JobMessage } from './message.ts';

export interface JobDeps {
  readonly registry: Registry;
  readonly jobs: QueueSender<JobMessage>;
}

const S3_URL = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/.+$/;
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;
const FORMATS = ['CSV', 'JSON'] as const;

/** A new segment's id follows from its job's: whoever runs the job makes the same segment. */
const segmentIdOf = (jobId: string): string =>
  createHash('sha256').update(`segment\0${jobId}`).digest('hex').slice(0, 32);

/** The definition, or a BadRequestException that names every wrong member. */
function definitionOf(request: Partial<ImportJobRequest>): ImportDefinition {
  const format = FORMATS.find((each) => each === request.Format);
  const { S3Url = '', RoleArn = '', DefineSegment = false, RegisterEndpoints = false } = request;
  const problems = [
    ...(format ? [] : [`Format is ${JSON.stringify(request.Format)}; allowed: ${FORMATS.join(', ')}`]),
    ...(S3_URL.test(S3Url)
      ? []
      : [`S3Url is ${JSON.stringify(S3Url)}; expected s3://bucket/object-or-prefix`]),
    ...(ROLE_ARN.test(RoleArn)
      ? []
      : [`RoleArn is ${JSON.stringify(RoleArn)}; expected the ARN of an IAM role`]),
    ...(DefineSegment || RegisterEndpoints
      ? []
      : ['Neither DefineSegment nor RegisterEndpoints is true; the job would do nothing']),
    ...(request.SegmentId !== undefined && !DefineSegment
      ? ['SegmentId is given, but DefineSegment is not true']
      : []),
  ];
  if (!format || problems.length > 0) throw badRequest(problems.join('; '));
  return {
    format,
    s3Url: S3Url,
    roleArn: RoleArn,
    externalId: request.ExternalId,
    defineSegment: DefineSegment,
    registerEndpoints: RegisterEndpoints,
    segmentName: request.SegmentName,
  };
}

/** CreateImportJob: stored, then queued. A repeat of a job that has not begun queues it again, in case that failed. */
export const createImportJob =
  ({ registry, jobs }: JobDeps): Operation<'CreateImportJob'> =>
  async (input, ctx) => {
    const { row: app } = await requireApp(registry, input.ApplicationId);
    const request: Partial<ImportJobRequest> = input.ImportJobRequest ?? {};
    const definition = definitionOf(request);
    if (request.SegmentId !== undefined) await requireSegment(registry, app.id, request.SegmentId);
    const creation = { operation: 'CreateImportJob', scope: app.id, input } as const;
    const { stored } = await createOnce<JobRow>(registry, ctx, creation, (id) => ({
      key: jobKey(app.id, id),
      row: {
        applicationId: app.id,
        id,
        status: 'CREATED',
        segmentId: request.SegmentId ?? segmentIdOf(id),
        definition,
        progress: NO_PROGRESS,
        creationDate: new Date(ctx.now).toISOString(),
      },
    }));
    if (stored.row.status === 'CREATED') {
      await jobs.send({ kind: 'import', appId: app.id, jobId: stored.row.id });
    }
    return { ImportJobResponse: importJobResponse(stored.row) };
  };
