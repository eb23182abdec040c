import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { KAKAO_ENV } from '../../lambdas/channels/env.ts';
import { acknowledge } from '../shared/acknowledge.ts';
import { type Deployment, KEEP, physicalName } from '../shared/deployment.ts';
import { READ_ROWS, READ_WRITE_ROWS, type RepointFunction } from '../shared/repoint-function.ts';
import { RepointTable } from '../shared/repoint-table.ts';

/** Kakao's templates, and the token its provider asks for. */
export class KakaoStore extends Construct {
  readonly templates: RepointTable;
  readonly token: Secret;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.templates = new RepointTable(this, 'Templates', deployment, {
      name: 'kakao-templates',
      sorted: true,
    });
    this.token = new Secret(this, 'Token', {
      secretName: physicalName(deployment, 'kakao-token'),
      description: 'Bearer token of the provider of Kakao messages',
      removalPolicy: KEEP,
    });
    acknowledge(
      this.token,
      'SMG4',
      'The provider gives the token out; it is changed on both sides together.',
    );
  }

  grantReadTemplates(fn: RepointFunction): void {
    fn.allow(READ_ROWS, this.templates.tableArn).knows(KAKAO_ENV.table, this.templates.tableName);
  }

  grantReadWriteTemplates(fn: RepointFunction): void {
    fn.allow(READ_WRITE_ROWS, this.templates.tableArn).knows(KAKAO_ENV.table, this.templates.tableName);
  }

  grantReadToken(fn: RepointFunction): void {
    fn.allow(['secretsmanager:GetSecretValue'], this.token.secretArn).knows(
      KAKAO_ENV.tokenSecret,
      physicalName(fn.deployment, 'kakao-token'),
    );
  }
}
