import { ArnPrincipal, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type Engine, importRoleName } from '../pinpoint/engine.ts';
import { LISTS_PREFIX, type SegmentsStore } from '../segments/segments-store.ts';
import { acknowledgeWildcards } from '../shared/acknowledge.ts';
import type { Deployment } from '../shared/deployment.ts';

/** CreateImportJob's RoleArn: lets the engine's import, and nobody else, read resolved lists. */
export class ImportRole extends Role {
  constructor(scope: Construct, id: string, deployment: Deployment, { work }: SegmentsStore, engine: Engine) {
    const importer = engine.importer.role;
    if (!importer) throw new Error('The import function has no role to trust');
    const lists = work.under(LISTS_PREFIX);
    super(scope, id, {
      roleName: importRoleName(deployment),
      description: 'The engine imports resolved lists with it',
      assumedBy: new ArnPrincipal(importer.roleArn),
      inlinePolicies: {
        lists: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['s3:GetObject'], resources: [lists] }),
            new PolicyStatement({
              actions: ['s3:ListBucket'],
              resources: [work.bucketArn],
              conditions: { StringLike: { 's3:prefix': `${LISTS_PREFIX}*` } },
            }),
          ],
        }),
      },
    });
    acknowledgeWildcards(this, 'Lists are objects under one prefix.', [lists]);
  }
}
