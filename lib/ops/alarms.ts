import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type Deployment, physicalName } from '../shared/deployment.ts';
import type { AlarmEntry } from './alarm-registry.ts';

const RUNBOOK = 'docs/runbook.md';

/** The registry's alarms, and the topic that tells a person. */
export class Alarms extends Construct {
  readonly topic: Topic;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, deployment: Deployment, entries: readonly AlarmEntry[]) {
    super(scope, id);
    this.topic = this.alarmTopic(deployment);
    const action = new SnsAction(this.topic);
    this.alarms = entries.map((entry) => {
      const alarm = new Alarm(this, entry.name, {
        alarmName: physicalName(deployment, entry.name),
        alarmDescription: `${entry.severity}: ${RUNBOOK}#${entry.section}`,
        metric: entry.metric,
        threshold: entry.threshold,
        comparisonOperator:
          entry.when === 'above'
            ? ComparisonOperator.GREATER_THAN_THRESHOLD
            : ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluationPeriods: entry.periods,
        datapointsToAlarm: entry.breaches,
        treatMissingData: entry.silenceIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(action);
      // Whoever was woken also wants to know that it is over.
      if (entry.severity === 'page') alarm.addOkAction(action);
      return alarm;
    });
  }

  private alarmTopic(deployment: Deployment): Topic {
    // CloudWatch cannot publish through the key AWS manages for SNS: its policy does not name CloudWatch.
    const key = new Key(this, 'Key', {
      alias: physicalName(deployment, 'alarms'),
      description: 'Encrypts the alarm topic',
      enableKeyRotation: true,
    });
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': deployment.config.account } },
    });
    key.grant(cloudWatch, 'kms:Decrypt', 'kms:GenerateDataKey*');
    const topic = new Topic(this, 'Topic', {
      topicName: physicalName(deployment, 'alarms'),
      masterKey: key,
      enforceSSL: true,
    });
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsMayPublish',
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
      }),
    );
    topic.addSubscription(new EmailSubscription(deployment.config.alarmEmail));
    return topic;
  }
}
