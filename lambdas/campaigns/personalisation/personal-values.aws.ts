import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoMemberStates } from '../../members/index.ts';
import { documentClient } from '../../shared/dynamodb.aws.ts';
import type { Money } from './amount-text.ts';
import { noCatalogue, personalValues } from './personal-values.ts';
import type { PersonalValues } from './ports.ts';

/** Personal values from the table `member-state` (MEMBERS_ENV.stateTable). */
export const dynamoPersonalValues = (
  stateTable: string,
  money: Money,
  client: DynamoDBDocumentClient = documentClient(),
): PersonalValues =>
  personalValues({ states: dynamoMemberStates(stateTable, client), catalogue: noCatalogue, money });
