import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Deployment } from '../shared/deployment.ts';
import type { RepointApi } from '../shared/repoint-api.ts';
import { RepointFunction } from '../shared/repoint-function.ts';

/** The private API's own description, as a document for tools and as a page for people. */
export class ApiDocs extends Construct {
  readonly fn: RepointFunction;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.fn = new RepointFunction(this, 'docs', deployment, {
      name: 'console-docs',
      description: 'The API described',
      memoryMb: 512,
      timeout: Duration.seconds(10),
    });
  }

  /** A browser that follows a link has no key to send; the allow-list is enough for what tells no data. */
  addRoutes(door: RepointApi): void {
    for (const route of ['GET /openapi.json', 'GET /docs'])
      door.route(route, this.fn, { apiKeyRequired: false });
  }
}
