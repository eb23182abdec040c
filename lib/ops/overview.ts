import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type Deployment, physicalName } from '../shared/deployment.ts';
import { STAGE_NAME } from '../shared/repoint-api.ts';
import type { Watched } from './alarm-registry.ts';
import {
  apiMetric,
  countMetric,
  deliveryMetric,
  functionMetric,
  queueMetric,
  streamMetric,
} from './metrics.ts';

const graph = (title: string, left: IMetric[]): GraphWidget =>
  new GraphWidget({ title, left, width: 8, height: 6 });

/** One page that shows whether the system works: doors, streams, lake, queues, functions, alarms. */
export function overview(
  scope: Construct,
  deployment: Deployment,
  watched: Watched,
  queues: readonly string[],
  alarms: readonly Alarm[],
): Dashboard {
  const named = (name: string) => physicalName(deployment, name);
  const each = (names: readonly string[], metric: (name: string) => IMetric) =>
    names.map((name) => metric(named(name)));
  const { apis, deliveries, functions, streamConsumers } = watched;
  return new Dashboard(scope, 'Overview', {
    dashboardName: physicalName(deployment, 'overview'),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 8 })],
      [
        graph(
          'Requests',
          each(apis, (name) => apiMetric(name, STAGE_NAME, 'Count')),
        ),
        graph('Refused and failed', [
          ...each(apis, (name) => apiMetric(name, STAGE_NAME, '4XXError')),
          ...each(apis, (name) => apiMetric(name, STAGE_NAME, '5XXError')),
        ]),
        graph(
          'Latency, ms (p95)',
          each(apis, (name) => apiMetric(name, STAGE_NAME, 'Latency', Stats.p(95))),
        ),
      ],
      [
        graph(
          'Records into the streams',
          each(deliveries, (name) => streamMetric(name, 'IncomingRecords')),
        ),
        graph(
          'Behind the stream, ms',
          each(streamConsumers, (name) => functionMetric(name, 'IteratorAge', Stats.MAXIMUM)),
        ),
        graph(
          'Behind the lake, s',
          each(deliveries, (name) => deliveryMetric(name, 'DeliveryToS3.DataFreshness', Stats.MAXIMUM)),
        ),
      ],
      [
        graph('To the first message, ms (p95)', [
          countMetric('segments-resolve', 'ResolutionWaiting', Stats.p(95)),
          countMetric('segments-resolve', 'ResolutionScanning', Stats.p(95)),
          countMetric('segments-resolve', 'ResolutionQuerying', Stats.p(95)),
          countMetric('campaigns-advance', 'SendImporting', Stats.p(95)),
          countMetric('campaigns-advance', 'SendFirstMessage', Stats.p(95)),
          countMetric('campaigns-advance', 'SendFirstMessageAthena', Stats.p(95)),
        ]),
      ],
      [
        graph(
          'Waiting in queues',
          each(queues, (name) => queueMetric(name, 'ApproximateNumberOfMessagesVisible')),
        ),
        graph(
          'Oldest in queues, s',
          each(queues, (name) => queueMetric(name, 'ApproximateAgeOfOldestMessage')),
        ),
        graph(
          'Function errors',
          each(functions, (name) => functionMetric(name, 'Errors')),
        ),
      ],
    ],
  });
}
