import { Duration } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { acknowledge } from '../shared/acknowledge.ts';
import { type Deployment, KEEP, physicalName } from '../shared/deployment.ts';

/** Roles of the console (spec §10), the stronger first: with several, the first that matches counts. */
export const ROLES = {
  admin: 'Everything, and who may do what',
  analyst: 'Queries, segments by SQL, reports',
  marketer: 'Campaigns, journeys, segments, templates',
  viewer: 'Reports and lists',
} as const;

/** Who may sign in to the console, and as what. People are invited; nobody signs up. */
export class SignIn extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.pool = new UserPool(this, 'Pool', {
      userPoolName: physicalName(deployment, 'console'),
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      standardAttributes: { email: { required: true, mutable: true } },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: true,
      removalPolicy: KEEP,
    });
    this.client = this.pool.addClient('Page', {
      userPoolClientName: physicalName(deployment, 'console-page'),
      // A page cannot keep a secret; the password itself never travels.
      generateSecret: false,
      authFlows: { userSrp: true },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(1),
      disableOAuth: true,
    });
    for (const [index, [groupName, description]] of Object.entries(ROLES).entries()) {
      new CfnUserPoolGroup(this, `Role-${groupName}`, {
        userPoolId: this.pool.userPoolId,
        groupName,
        description,
        precedence: index,
      });
    }
    acknowledge(
      this.pool,
      'COG8',
      'Threat protection costs per user on the Plus plan; people are invited and a second factor is required.',
    );
  }
}
