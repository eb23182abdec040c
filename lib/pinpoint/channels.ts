import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailSendingEvent,
  EventDestination,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { POLICY_FUNCTION } from '../../lambdas/campaigns/env.ts';
import { KAKAO_FUNCTION } from '../../lambdas/channels/env.ts';
import { CHANNELS_ENV } from '../../lambdas/pinpoint/env.ts';
import { type Deployment, physicalName } from '../shared/deployment.ts';
import type { RepointFunction } from '../shared/repoint-function.ts';

/** The stage whose messages go to everybody. */
const PRODUCTION = 'prod';

/** How long SES keeps trying to deliver, and the longest it allows: a campaign's message is stale by then. */
const DELIVERY_WITHIN = Duration.hours(14);

/** What the engine uses of the AWS account to send: one push application, one e-mail identity, one SMS origination identity. */
export class Channels extends Construct {
  readonly configurationSet: ConfigurationSet;

  constructor(
    scope: Construct,
    id: string,
    private readonly deployment: Deployment,
  ) {
    super(scope, id);
    this.configurationSet = new ConfigurationSet(this, 'Email', {
      configurationSetName: physicalName(deployment, 'email'),
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
      maxDeliveryDuration: DELIVERY_WITHIN,
    });
    this.configurationSet.addEventDestination('Bus', {
      // SES takes the account's default bus only.
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, 'DefaultBus', 'default')),
      events: [
        EmailSendingEvent.DELIVERY,
        EmailSendingEvent.DELIVERY_DELAY,
        EmailSendingEvent.BOUNCE,
        EmailSendingEvent.COMPLAINT,
        EmailSendingEvent.REJECT,
        EmailSendingEvent.RENDERING_FAILURE,
        EmailSendingEvent.OPEN,
        EmailSendingEvent.CLICK,
        EmailSendingEvent.SUBSCRIPTION,
      ],
    });
  }

  grantSend(fn: RepointFunction): void {
    this.grantPush(fn);
    this.grantEmail(fn);
    this.grantSms(fn);
    this.grantOwnFunctions(fn);
    this.grantCustomers(fn);
    fn.knows(CHANNELS_ENV.recipients, this.recipients().join(',') || 'nobody');
  }

  /** A stage that is not production reaches nobody by accident. */
  private recipients(): readonly string[] {
    const { config, stage } = this.deployment;
    return config.recipients ?? (stage === PRODUCTION ? ['*'] : []);
  }

  private arn(service: string, resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({ service, resource, resourceName });
  }

  private grantPush(fn: RepointFunction): void {
    const { applicationId } = this.deployment.config.channels.push;
    fn.allow(
      ['mobiletargeting:SendMessages'],
      this.arn('mobiletargeting', 'apps', `${applicationId}/messages`),
    ).knows(CHANNELS_ENV.pushApplicationId, applicationId);
  }

  private grantEmail(fn: RepointFunction): void {
    const { fromAddress } = this.deployment.config.channels.email;
    const domain = fromAddress.split('@')[1] ?? '';
    const set = this.configurationSet.configurationSetName;
    fn.allow(
      // What is too long for a request to many goes in one of its own.
      ['ses:SendBulkEmail', 'ses:SendEmail'],
      // SES judges by the identity that is verified: the address itself, or its domain.
      this.arn('ses', 'identity', fromAddress),
      this.arn('ses', 'identity', domain),
      this.arn('ses', 'configuration-set', set),
    )
      .knows(CHANNELS_ENV.emailFromAddress, fromAddress)
      .knows(CHANNELS_ENV.emailConfigurationSet, set);
    fn.allowUnder(
      'The account is no resource: ses:GetAccount is granted on * or not at all.',
      ['ses:GetAccount'],
      '*',
    );
  }

  private functionArn(resourceName: string): string {
    return Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** The marketing layer's own hook and custom channel, by name: this stack is deployed before the one that makes them. */
  private grantOwnFunctions(fn: RepointFunction): void {
    const names = [POLICY_FUNCTION, ...(this.deployment.config.channels.kakao ? [KAKAO_FUNCTION] : [])];
    const arns = names.map((name) => this.functionArn(physicalName(this.deployment, name)));
    fn.allow(['lambda:InvokeFunction'], ...arns);
  }

  /** Hooks and custom deliveries by functions that the operator named; a client may name a version or alias of one. */
  private grantCustomers(fn: RepointFunction): void {
    const names = this.deployment.config.hookFunctionNames;
    if (names.length === 0) return;
    const arns = names.map((name) => this.functionArn(name));
    const invoke = ['lambda:InvokeFunction'];
    fn.allow(invoke, ...arns);
    fn.allowUnder(
      'Versions and aliases of the function that was named.',
      invoke,
      ...arns.map((arn) => `${arn}:*`),
    );
  }

  private grantSms(fn: RepointFunction): void {
    const identity = this.deployment.config.channels.sms.originationIdentity;
    fn.knows(CHANNELS_ENV.smsOriginationIdentity, identity);
    const kind = identity.startsWith('phone-')
      ? 'phone-number'
      : identity.startsWith('pool-')
        ? 'pool'
        : undefined;
    if (kind) {
      fn.allow(['sms-voice:SendTextMessage'], this.arn('sms-voice', kind, identity));
      return;
    }
    fn.allowUnder(
      'A sender id is registered once a country and is the same sender in each.',
      ['sms-voice:SendTextMessage'],
      this.arn('sms-voice', 'sender-id', `${identity}/*`),
    );
  }
}
