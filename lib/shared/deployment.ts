import { RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { CheckedConfig } from '../config.ts';
import { bundlePath } from './bundle.ts';

/** What every stack and construct is told: which stage it belongs to, and the operator's decisions. */
export interface Deployment {
  readonly stage: string;
  readonly config: CheckedConfig;
  /** Where a function's code comes from, by its name; tests that only read templates need no bundles. */
  readonly codeOf: (name: string) => Code;
}

/** The bundle that `npm run bundle` made of the function's entry. */
export const bundledCode = (name: string): Code => Code.fromAsset(bundlePath(name));

/** Outlives its stack, but not a first deployment that failed: the next one could not make it again. */
export const KEEP = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
/** Goes with its stack, which can then be made again under the same names. */
export const DROP = RemovalPolicy.DESTROY;

/** The name under which a person finds a resource: `repoint-<stage>-<name>`. */
export const physicalName = (deployment: Deployment, name: string): string =>
  `repoint-${deployment.stage}-${name}`;

/** Bucket names are global, so account and region make them unique. */
export const bucketName = (deployment: Deployment, name: string): string =>
  `${physicalName(deployment, name)}-${deployment.config.account}-${deployment.config.region}`;

/** Names the owner of everything under `scope`, on the bill and in the console. */
export function ofDomain<C extends Construct>(domain: string, scope: C): C {
  Tags.of(scope).add('domain', domain);
  return scope;
}

/** A stack named after its stage; its template file is named after the stack alone. */
export class RepointStack extends Stack {
  readonly deployment: Deployment;

  constructor(scope: Construct, id: string, deployment: Deployment, domain: string, description: string) {
    super(scope, id, {
      stackName: `${id}-${deployment.stage}`,
      description,
      env: { account: deployment.config.account, region: deployment.config.region },
    });
    this.deployment = deployment;
    ofDomain(domain, this);
    Tags.of(this).add('project', 'repoint');
    Tags.of(this).add('stage', deployment.stage);
  }
}
