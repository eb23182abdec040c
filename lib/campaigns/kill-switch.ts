import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Engine } from '../pinpoint/engine.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';

/** The deployment's kill switch by the private API: a function of its own, which nothing else can break. */
export class KillSwitch extends Construct {
  readonly fn: RepointFunction;

  constructor(scope: Construct, id: string, deployment: Deployment, engine: Engine) {
    super(scope, id);
    this.fn = new RepointFunction(this, 'sending', deployment, {
      name: 'campaigns-sending',
      description: 'Halts all sending, and lets it go on',
      memoryMb: 512,
      timeout: Duration.seconds(29),
    });
    engine.grantInvoke(this.fn);
  }

  addRoutes(door: RepointApi): void {
    for (const route of ['GET /sending', 'PUT /sending']) door.route(route, this.fn);
  }
}
