import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoMemberStates } from '../../members/index.ts';
import { documentClient } from '../../shared/dynamodb.aws.ts';
import type { Money } from './amount-text.ts';
import { noCatalogue, personalValues } from './personal-values.ts';
import type { PersonalValues } from './ports.ts';

/** A deployment of one country: amounts are won, written the Korean way. */
export const WON: Money = { currency: 'KRW', locale: 'ko-KR' };

/** Personal values from the table `member-state` (MEMBERS_ENV.stateTable). */
export const dynamoPersonalValues = (
  stateTable: string,
  client: DynamoDBDocumentClient = documentClient(),
  money = WON,
): PersonalValues =>
  personalValues({ states: dynamoMemberStates(stateTable, client), catalogue: noCatalogue, money });
