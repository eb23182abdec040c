import type { App } from 'aws-cdk-lib';
import { ConsoleStack } from './console-stack.ts';
import { DataStack } from './data-stack.ts';
import { EngineStack } from './engine-stack.ts';
import { MarketingStack } from './marketing-stack.ts';
import { OpsStack } from './ops-stack.ts';
import type { Deployment } from './shared/deployment.ts';

/** The map of stacks. References go one way: from the later to the earlier. */
export function appStage(app: App, deployment: Deployment): void {
  const data = new DataStack(app, deployment);
  const engine = new EngineStack(app, deployment, data);
  const marketing = new MarketingStack(app, deployment, data, engine);
  const console = new ConsoleStack(app, deployment);
  new OpsStack(app, deployment, [data, engine, marketing, console]);
}
