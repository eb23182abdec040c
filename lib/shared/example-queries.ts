import { CfnNamedQuery } from 'aws-cdk-lib/aws-athena';
import { Construct } from 'constructs';
import type { Lake } from './lake.ts';

/** The example in each view's header as a saved query of the workgroup, so that an analyst starts from one that works. */
export class ExampleQueries extends Construct {
  constructor(scope: Construct, id: string, { views, workgroup, databaseName }: Lake) {
    super(scope, id);
    for (const { name, grain, parts } of views)
      new CfnNamedQuery(this, name, {
        name,
        description: grain.slice(0, MAX_DESCRIPTION),
        database: databaseName,
        workGroup: workgroup.ref,
        queryString: parts.get('example') ?? '',
      });
  }
}

/** Athena refuses longer ones. */
const MAX_DESCRIPTION = 1024;
