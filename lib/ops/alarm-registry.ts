import { type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { bucketName, type Deployment, physicalName } from '../shared/deployment.ts';
import { ERRORS_FILTER } from '../shared/lake.ts';
import { STAGE_NAME } from '../shared/repoint-api.ts';
import {
  apiMetric,
  bucketMetric,
  countMetric,
  deliveryMetric,
  functionMetric,
  queueMetric,
} from './metrics.ts';

/** `page`: messages or events are at stake now. `ticket`: look at it on the next working day. */
export type Severity = 'page' | 'ticket';

/** One alarm: what is measured, when it is too much, and where the runbook says what to do. */
export interface AlarmEntry {
  /** Physical name without its prefix. */
  readonly name: string;
  readonly severity: Severity;
  /** Heading of docs/runbook.md, as an anchor. */
  readonly section: string;
  readonly metric: Metric;
  /** Sounds when the metric is `above` or `below` this. */
  readonly threshold: number;
  readonly when: 'above' | 'below';
  /** Of this many five-minute periods … */
  readonly periods: number;
  /** … so many must be beyond the threshold. */
  readonly breaches: number;
  /** No figures at all are bad figures. */
  readonly silenceIsBad?: boolean;
}

/** What there is to watch, by names without their prefix. */
export interface Watched {
  readonly functions: readonly string[];
  readonly deadLetters: readonly string[];
  readonly ticks: readonly string[];
  readonly streamConsumers: readonly string[];
  readonly deliveries: readonly string[];
  readonly apis: readonly string[];
}

/**
 * Twice the buffer of Firehose: by then a row should have been in the lake (spec §1: under 5 minutes). With the minute for which
 * those who ask share a result, behaviour counts in segments within 5 minutes (spec §3).
 */
const STALE_SECONDS = 240;
const ITERATOR_AGE_MS = 60_000;
/** The budgets of docs/segments.md, "From request to first message": of sends whose segments members' rows tell, and of those that ask Athena. */
const FIRST_MESSAGE_MS = { byRows: 30_000, byAthena: 90_000 } as const;

const at = (threshold: number, when: 'above' | 'below', breaches: number, periods: number) => ({
  threshold,
  when,
  breaches,
  periods,
});

/** Every alarm of a deployment. */
export function alarmRegistry(deployment: Deployment, watched: Watched): AlarmEntry[] {
  const named = (name: string) => physicalName(deployment, name);
  return [
    ...watched.deadLetters.map((name) => deadLetters(name, named(name))),
    ...watched.functions.flatMap((name) => functionAlarms(name, named(name))),
    ...watched.ticks.map((name) => silentTick(name, named(name))),
    ...watched.streamConsumers.map((name) => lagging(name, named(name))),
    ...watched.deliveries.flatMap((name) => deliveryAlarms(name, named(name))),
    ...watched.apis.map((name) => failingApi(name, named(name))),
    ...sendAlarms(),
    ...quarantineAlarms(),
    firstMessageLate('first-message-late', 'SendFirstMessage', FIRST_MESSAGE_MS.byRows),
    firstMessageLate('first-message-late-athena', 'SendFirstMessageAthena', FIRST_MESSAGE_MS.byAthena),
    {
      name: 'lake-errors',
      severity: 'page',
      section: 'lake-errors',
      metric: bucketMetric(bucketName(deployment, 'lake'), ERRORS_FILTER, 'PutRequests'),
      ...at(0, 'above', 1, 1),
    },
  ];
}

/** Campaigns that did not go out as they were to. */
const sendAlarms = (): AlarmEntry[] =>
  (
    [
      ['sends-failed', 'SendsFailed', 'page'],
      ['sends-missed', 'SendsMissed', 'page'],
      ['sends-held', 'SendsHeld', 'ticket'],
    ] as const
  ).map(([name, counted, severity]) => ({
    name,
    severity,
    section: name,
    metric: countMetric('campaigns-advance', counted),
    ...at(0, 'above', 1, 1),
  }));

/** When nine of ten sends are not within their budget. */
const firstMessageLate = (name: string, timed: string, budgetMs: number): AlarmEntry => ({
  name,
  severity: 'ticket',
  section: 'first-message-late',
  metric: countMetric('campaigns-advance', timed, Stats.p(90)),
  ...at(budgetMs, 'above', 2, 3),
});

/** What goes to quarantine is gone after some days unless somebody looks at it: one event is enough to tell. */
const quarantineAlarms = (): AlarmEntry[] => [
  quarantineAlarm('events-quarantined', 'ticket', 'events-api', 'EventsQuarantined'),
  quarantineAlarm('lines-quarantined', 'page', 'members-state', 'EventsQuarantined'),
  quarantineAlarm('quarantine-failed', 'page', 'events-api', 'QuarantineFailed'),
  quarantineAlarm('pii-key-unreadable', 'page', 'events-api', 'PiiKeyUnreadable'),
];

const quarantineAlarm = (name: string, severity: Severity, service: string, counted: string): AlarmEntry => ({
  name,
  severity,
  section: name,
  metric: countMetric(service, counted),
  ...at(0, 'above', 1, 1),
});

const deadLetters = (name: string, queue: string): AlarmEntry => ({
  name,
  severity: 'page',
  section: name,
  metric: queueMetric(queue, 'ApproximateNumberOfMessagesVisible'),
  ...at(0, 'above', 1, 1),
});

const functionAlarms = (name: string, fn: string): AlarmEntry[] => [
  {
    name: `${name}-errors`,
    severity: 'ticket',
    section: 'function-errors',
    metric: functionMetric(fn, 'Errors'),
    ...at(0, 'above', 2, 3),
  },
  {
    name: `${name}-throttles`,
    severity: 'ticket',
    section: 'function-throttles',
    metric: functionMetric(fn, 'Throttles'),
    ...at(0, 'above', 2, 3),
  },
];

const silentTick = (name: string, fn: string): AlarmEntry => ({
  name: `${name}-silent`,
  severity: 'page',
  section: 'tick-silent',
  metric: functionMetric(fn, 'Invocations'),
  ...at(1, 'below', 2, 2),
  silenceIsBad: true,
});

const lagging = (name: string, fn: string): AlarmEntry => ({
  name: `${name}-lag`,
  severity: 'page',
  section: 'stream-lag',
  metric: functionMetric(fn, 'IteratorAge', Stats.MAXIMUM),
  ...at(ITERATOR_AGE_MS, 'above', 2, 3),
});

const deliveryAlarms = (name: string, delivery: string): AlarmEntry[] => [
  {
    name: `${name}-freshness`,
    severity: 'page',
    section: 'delivery-freshness',
    metric: deliveryMetric(delivery, 'DeliveryToS3.DataFreshness', Stats.MAXIMUM),
    ...at(STALE_SECONDS, 'above', 2, 3),
  },
  {
    name: `${name}-conversion`,
    severity: 'page',
    section: 'delivery-conversion',
    metric: deliveryMetric(delivery, 'FailedConversion.Records'),
    ...at(0, 'above', 1, 1),
  },
  {
    name: `${name}-partitions`,
    severity: 'ticket',
    section: 'delivery-partitions',
    metric: deliveryMetric(delivery, 'PartitionCountExceeded', Stats.MAXIMUM),
    ...at(0, 'above', 1, 1),
  },
];

const failingApi = (name: string, api: string): AlarmEntry => ({
  name: `${name}-api-5xx`,
  severity: 'page',
  section: 'api-5xx',
  metric: apiMetric(api, STAGE_NAME, '5XXError'),
  ...at(5, 'above', 2, 3),
});
