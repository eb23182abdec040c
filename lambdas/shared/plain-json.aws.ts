import { errorTypeRegistries } from '@aws-sdk/client-dynamodb';
import { PLAIN_JSON } from './plain-codec.ts';

/**
 * Settings of a DynamoDB client whose rows hold no binary values, as none of ours do: then what it sends and gets is JSON
 * as it stands, and nobody need walk along the schema for each of the hundred rows that a call reads.
 */
export const WITHOUT_BINARY = {
  protocolSettings: {
    defaultNamespace: 'com.amazonaws.dynamodb',
    errorTypeRegistries,
    xmlNamespace: 'http://dynamodb.amazonaws.com/doc/2012-08-10/',
    version: '2012-08-10',
    serviceTarget: 'DynamoDB_20120810',
    jsonCodec: PLAIN_JSON,
  },
};
