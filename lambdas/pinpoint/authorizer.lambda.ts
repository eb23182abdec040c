import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { handOver } from './auth/handed-over.ts';

/**
 * Lets every request on to pinpoint-api and hands it the signature: only there is the body, which a signature without
 * `x-amz-content-sha256` (boto3) cannot be judged without. An unsigned request is refused there too, in Pinpoint's own
 * error shape.
 */
export const handler = async (
  event: APIGatewayRequestAuthorizerEvent,
): Promise<APIGatewayAuthorizerResult> => ({
  principalId: 'signed-request',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }],
  },
  context: handOver(event),
});
