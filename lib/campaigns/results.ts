import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Deployment } from '../shared/deployment.ts';
import type { Lake } from '../shared/lake.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import type { CampaignsStore } from './campaigns-store.ts';

export interface ResultsProps {
  readonly store: CampaignsStore;
  readonly lake: Lake;
}

/** How the variants of a send did, and how sure that is. */
export class Results extends Construct {
  readonly api: RepointFunction;

  constructor(scope: Construct, id: string, deployment: Deployment, { store, lake }: ResultsProps) {
    super(scope, id);
    this.api = new RepointFunction(this, 'api', deployment, {
      name: 'campaigns-results',
      description: 'Results of variants',
      // It waits for a query.
      memoryMb: 512,
      timeout: Duration.seconds(29),
    });
    store.grantReadSends(this.api);
    lake.grantQueryRows(this.api);
  }

  addRoutes(door: RepointApi): void {
    door.route('GET /campaigns/{id}/results', this.api);
  }
}
