import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';

/** CloudWatch metrics by physical names: alarms follow the resources, and bind no stack to another. */
type Dimensions = Record<string, string>;

const PERIOD = Duration.minutes(5);

const metric = (
  namespace: string,
  metricName: string,
  dimensionsMap: Dimensions,
  statistic: string = Stats.SUM,
): Metric => new Metric({ namespace, metricName, dimensionsMap, statistic, period: PERIOD });

/** `Errors`, `Throttles`, `Invocations`, `IteratorAge`, `Duration`. */
export const functionMetric = (name: string, metricName: string, statistic?: string): Metric =>
  metric('AWS/Lambda', metricName, { FunctionName: name }, statistic);

export const queueMetric = (name: string, metricName: string): Metric =>
  metric('AWS/SQS', metricName, { QueueName: name }, Stats.MAXIMUM);

export const deliveryMetric = (name: string, metricName: string, statistic?: string): Metric =>
  metric('AWS/Firehose', metricName, { DeliveryStreamName: name }, statistic);

export const streamMetric = (name: string, metricName: string, statistic?: string): Metric =>
  metric('AWS/Kinesis', metricName, { StreamName: name }, statistic);

export const apiMetric = (name: string, stage: string, metricName: string, statistic?: string): Metric =>
  metric('AWS/ApiGateway', metricName, { ApiName: name, Stage: stage }, statistic);

/** What a function counts itself (lambdas/shared/telemetry.ts), by its name without the prefix. */
export const countMetric = (service: string, metricName: string, statistic?: string): Metric =>
  metric('Repoint', metricName, { service }, statistic);

/** Requests to the objects under one prefix of a bucket; the bucket has a filter of that id. */
export const bucketMetric = (name: string, filter: string, metricName: string): Metric =>
  metric('AWS/S3', metricName, { BucketName: name, FilterId: filter });
