import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { type Deployment, KEEP, physicalName } from './deployment.ts';

export interface RepointTableProps {
  /** Physical name without its prefix, e.g. `members`. */
  readonly name: string;
  /** Rows have a sort key `sk` beside `pk`. */
  readonly sorted?: boolean;
  /** Attribute with the epoch second at which a row may go. */
  readonly expiresAt?: string;
  /** A sparse index `due` (`dueShard`, `dueAt`) of the rows a tick must look at: their keys, or the whole `rows`. */
  readonly due?: 'keys' | 'rows';
  /** An index of the rows that a list shows, by one text and sorted by another; it holds `columns` beside its keys. */
  readonly list?: {
    readonly name: string;
    readonly by: string;
    readonly sortedBy: string;
    readonly columns: readonly string[];
  };
}

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** Name of the sparse index that ticks query (docs/architecture.md). */
export const DUE_INDEX = 'due';

/** A table as all of ours are: string keys, on-demand, encrypted, recoverable to any second, kept when its stack goes. */
export class RepointTable extends Table {
  constructor(scope: Construct, id: string, deployment: Deployment, props: RepointTableProps) {
    super(scope, id, {
      tableName: physicalName(deployment, props.name),
      partitionKey: text('pk'),
      ...(props.sorted ? { sortKey: text('sk') } : {}),
      ...(props.expiresAt ? { timeToLiveAttribute: props.expiresAt } : {}),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: KEEP,
    });
    if (props.due) {
      this.addGlobalSecondaryIndex({
        indexName: DUE_INDEX,
        partitionKey: text('dueShard'),
        sortKey: text('dueAt'),
        projectionType: props.due === 'keys' ? ProjectionType.KEYS_ONLY : ProjectionType.ALL,
      });
    }
    if (props.list) {
      this.addGlobalSecondaryIndex({
        indexName: props.list.name,
        partitionKey: text(props.list.by),
        sortKey: text(props.list.sortedBy),
        ...(props.list.columns.length > 0
          ? { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...props.list.columns] }
          : { projectionType: ProjectionType.KEYS_ONLY }),
      });
    }
  }
}
