import { Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SHARED_ENV } from '../../lambdas/shared/env.ts';
import { LISTS_PREFIX } from '../segments/segments-store.ts';
import { type Deployment, physicalName } from '../shared/deployment.ts';
import { RepointFunction } from '../shared/repoint-function.ts';
import { MinuteTick, onQueue } from '../shared/triggers.ts';
import { Channels } from './channels.ts';
import type { EngineStore } from './engine-store.ts';
import { Feedback } from './feedback.ts';

/** Name of the role that the marketing layer passes to CreateImportJob. */
export const importRoleName = (deployment: Deployment): string => physicalName(deployment, 'import');

/** Where the engine keeps what, in its own bucket. */
const LISTS = LISTS_PREFIX;
const SLICES = 'runs/';
const TEMPLATES = 'templates/';

/** The engine's functions and what wakes them. Each may do what its part of a run needs, and no more. */
export class Engine extends Construct {
  readonly api: RepointFunction;
  readonly authorizer: RepointFunction;
  readonly importer: RepointFunction;
  readonly resolver: RepointFunction;
  readonly deliverer: RepointFunction;
  readonly ticker: RepointFunction;
  readonly tick: MinuteTick;
  readonly feedback: Feedback;
  readonly channels: Channels;

  constructor(
    scope: Construct,
    id: string,
    private readonly deployment: Deployment,
    private readonly store: EngineStore,
  ) {
    super(scope, id);
    this.channels = new Channels(this, 'Channels', deployment);
    this.api = this.apiFunction();
    this.authorizer = this.fn('authorizer', 'Hands the signature of an outside client to the engine', 256, 5);
    this.importer = this.importFunction();
    this.resolver = this.resolveFunction();
    this.deliverer = this.deliverFunction();
    this.ticker = this.tickFunction();
    this.tick = new MinuteTick(this, 'Tick', deployment, this.ticker);
    this.feedback = new Feedback(this, 'Feedback', deployment, store);
  }

  /** Our own Pinpoint client invokes the engine's function: no key, no address, and IAM vouches. */
  grantInvoke(fn: RepointFunction): void {
    fn.allow(['lambda:InvokeFunction'], this.api.functionArn).knows(
      SHARED_ENV.pinpointFunction,
      this.api.functionName,
    );
  }

  private fn(
    name: string,
    description: string,
    memoryMb: number,
    timeout: Duration | number,
  ): RepointFunction {
    return new RepointFunction(this, name, this.deployment, {
      name: `pinpoint-${name}`,
      description,
      memoryMb,
      timeout: typeof timeout === 'number' ? Duration.seconds(timeout) : timeout,
    });
  }

  private apiFunction(): RepointFunction {
    // The gateway waits 29 s; an invocation of ours may not wait longer either.
    const fn = this.fn('api', 'The Pinpoint API', 1024, 29);
    this.store.grantRegistry(fn);
    this.store.grantEndpoints(fn);
    this.store.grantDelete(fn);
    // DeleteCampaign cancels a run, UpdateCampaign pauses it and changes its rate; GetCampaignActivities reads how far it is.
    this.store.grantRuns(fn);
    this.store.grantQueueImports(fn);
    this.store.grantQueueRuns(fn);
    this.store.grantQueueSlices(fn);
    // UpdateSending wakes every run.
    this.store.grantDue(fn);
    this.store.grantReadCredentials(fn);
    // What templates say is longer than a row can be.
    this.store.grantReadObjects(fn, TEMPLATES);
    this.store.grantWriteObjects(fn, TEMPLATES);
    this.store.grantDeleteObjects(fn, TEMPLATES);
    return fn;
  }

  private importFunction(): RepointFunction {
    const { importsQueue } = this.store;
    const fn = this.fn('import', 'Runs an import job', 1024, importsQueue.consumerTimeout);
    this.store.grantRegistry(fn);
    this.store.grantReplaceEndpoints(fn);
    this.store.grantWriteObjects(fn, LISTS);
    this.store.grantDeleteObjects(fn, LISTS);
    this.store.grantQueueImports(fn);
    // The list is read as whoever asked for the import: with the role named in the job.
    const roles = [importRoleName(this.deployment), ...this.deployment.config.importRoleNames];
    fn.allow(
      ['sts:AssumeRole'],
      ...roles.map((resourceName) =>
        Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'role', resourceName }),
      ),
    );
    onQueue(fn, importsQueue, { batchSize: 1, maxConcurrency: 5 });
    return fn;
  }

  private resolveFunction(): RepointFunction {
    const { runsQueue } = this.store;
    const fn = this.fn('resolve', "Resolves a run's segment to slices", 1769, runsQueue.consumerTimeout);
    this.store.grantRegistry(fn);
    this.store.grantReadEndpoints(fn);
    this.store.grantRuns(fn);
    this.store.grantReadObjects(fn, LISTS);
    this.store.grantReadObjects(fn, TEMPLATES);
    // The plan of a run that was begun before is read again.
    this.store.grantReadObjects(fn, SLICES);
    this.store.grantWriteObjects(fn, SLICES);
    this.store.grantQueueSlices(fn);
    this.store.grantQueueRuns(fn);
    onQueue(fn, runsQueue, { batchSize: 1, maxConcurrency: 5 });
    return fn;
  }

  private deliverFunction(): RepointFunction {
    const { slicesQueue } = this.store;
    const fn = this.fn('deliver', 'Sends a slice', 1024, slicesQueue.consumerTimeout);
    this.store.grantRegistry(fn);
    this.store.grantEndpoints(fn);
    this.store.grantRuns(fn);
    this.store.grantReadObjects(fn, SLICES);
    this.store.grantQueueSlices(fn);
    this.store.grantWriteLedger(fn);
    this.channels.grantSend(fn);
    // Twice the lanes of one run: a second campaign has workers at once.
    onQueue(fn, slicesQueue, { batchSize: 1, maxConcurrency: 100 });
    return fn;
  }

  private tickFunction(): RepointFunction {
    const fn = this.fn('tick', 'Starts due campaigns, requeues what got stuck', 512, 55);
    this.store.grantRegistry(fn);
    this.store.grantDue(fn);
    this.store.grantRuns(fn);
    this.store.grantQueueRuns(fn);
    this.store.grantQueueSlices(fn);
    return fn;
  }
}
