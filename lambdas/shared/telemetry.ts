import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** One logger a function; the service is named by POWERTOOLS_SERVICE_NAME. */
export const logger = new Logger();

const metrics = new Metrics({ namespace: 'Repoint' });

/** What is counted, by service. Few names on purpose: CloudWatch bills each name and service. */
type Counted =
  | 'Refused'
  | 'Failed'
  | 'MessagesFailed'
  | 'LinesRead'
  | 'BadLines'
  | 'EventsQuarantined'
  | 'QuarantineFailed'
  | 'PiiKeyUnreadable'
  | 'SendsFailed'
  | 'SendsMissed'
  | 'SendsHeld';

/** Adds to a CloudWatch metric; it travels as a log line (embedded metric format), so it costs no call. */
export function count(name: Counted, value = 1): void {
  if (value > 0) metrics.singleMetric().addMetric(name, MetricUnit.Count, value);
}

/** What is timed, by service: the parts of the way from a request to its first message (docs/segments.md). */
type Timed =
  | 'ResolutionWaiting'
  | 'ResolutionScanning'
  | 'ResolutionQuerying'
  | 'SendImporting'
  | 'SendFirstMessage'
  | 'SendFirstMessageAthena';

/** Tells CloudWatch how long something took, in milliseconds. */
export function took(name: Timed, ms: number): void {
  metrics.singleMetric().addMetric(name, MetricUnit.Milliseconds, Math.max(0, ms));
}
