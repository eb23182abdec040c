import type { App } from 'aws-cdk-lib';
import { DataStack } from './data-stack.ts';
import type { Deployment } from './shared/deployment.ts';

/** The map of stacks. References go one way, downwards. */
export function appStage(app: App, deployment: Deployment) {
  const data = new DataStack(app, deployment);
  return { data };
}
