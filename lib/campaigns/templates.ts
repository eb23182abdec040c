import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { KakaoStore } from '../channels/kakao-store.ts';
import type { Engine } from '../pinpoint/engine.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { IdempotencyStore } from '../shared/idempotency-store.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import type { CampaignsStore } from './campaigns-store.ts';
import { knowsPersonalisation } from './knows-personalisation.ts';

export interface TemplatesProps {
  readonly store: CampaignsStore;
  readonly kakao: KakaoStore;
  readonly idempotency: IdempotencyStore;
  readonly engine: Engine;
}

const ROUTES = [
  'PUT /templates/{channel}/{name}',
  'GET /templates/{channel}/{name}',
  'DELETE /templates/{channel}/{name}',
  'GET /templates/{channel}/{name}/versions',
  'POST /templates/{channel}/{name}/activate',
  'GET /templates/{channel}',
];

/** Templates by API: kept as they were written, published where their channel sends from. */
export class Templates extends Construct {
  readonly api: RepointFunction;

  constructor(scope: Construct, id: string, deployment: Deployment, props: TemplatesProps) {
    super(scope, id);
    const { store, kakao, idempotency, engine } = props;
    this.api = new RepointFunction(this, 'api', deployment, {
      name: 'campaigns-templates',
      description: 'Templates of messages',
      memoryMb: 1024,
      timeout: Duration.seconds(29),
    });
    store.grantCampaigns(this.api);
    // A template that is taken away loses its line in the list.
    store.grantDelete(this.api);
    kakao.grantReadWriteTemplates(this.api);
    idempotency.grant(this.api);
    engine.grantInvoke(this.api);
    knowsPersonalisation(this.api);
  }

  addRoutes(door: RepointApi): void {
    for (const route of ROUTES) door.route(route, this.api);
  }
}
