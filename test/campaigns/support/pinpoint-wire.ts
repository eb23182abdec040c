import { PinpointClient, type PinpointClientConfig } from '@aws-sdk/client-pinpoint';

interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Received {
  readonly operation: string;
  readonly key: string | undefined;
  readonly body: Record<string, unknown>;
}

type Answer = { readonly status: number; readonly body: object };

/** How the engine's REST-JSON answers look at each path: bare bodies, ids made from the Idempotency-Key. */
export function pinpointWire(overrides: Readonly<Record<string, Answer>> = {}) {
  const received: Received[] = [];
  const looks = new Map<string, number>();
  const look = (path: string): number => {
    looks.set(path, (looks.get(path) ?? 0) + 1);
    return looks.get(path) ?? 1;
  };
  const answerTo = ({ method, path, headers, body }: WireRequest): Answer => {
    const operation = `${method} ${path.replace(/^\/v1\/apps/, '').replaceAll(/[0-9a-f-]{30,}/g, 'ID') || '/'}`;
    const key = headers['idempotency-key'];
    received.push({
      operation,
      key,
      body: body === undefined ? {} : JSON.parse(Buffer.from(body).toString('utf8')),
    });
    return overrides[operation] ?? usual(operation, key, look(path));
  };
  const client = new PinpointClient({
    region: 'ap-northeast-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      handle: async (request: WireRequest) => {
        const { status, body } = answerTo(request);
        const errorType = (body as { __type?: string }).__type;
        const headers = {
          'content-type': 'application/json',
          ...(errorType ? { 'x-amzn-errortype': errorType } : {}),
        };
        return { response: { statusCode: status, headers, body: Buffer.from(JSON.stringify(body)) } };
      },
      updateHttpClientConfig: () => undefined,
      httpHandlerConfigs: () => ({}),
    },
  } as unknown as PinpointClientConfig);
  return { client, received };
}

const APP = '0123456789abcdef0123456789abcdef';

function usual(operation: string, key: string | undefined, look: number): Answer {
  switch (operation) {
    case 'POST /':
      return { status: 201, body: { Id: APP, Name: key } };
    case 'POST /ID/jobs/import':
      return { status: 201, body: { Id: key, ApplicationId: APP, JobStatus: 'CREATED', Type: 'IMPORT' } };
    case 'GET /ID/jobs/import/ID':
      return {
        status: 200,
        body: {
          Id: APP,
          JobStatus: look < 3 ? 'PROCESSING' : 'COMPLETED',
          Definition: look < 3 ? {} : { SegmentId: APP },
        },
      };
    case 'POST /ID/campaigns':
      return { status: 201, body: { Id: key, ApplicationId: APP, State: { CampaignStatus: 'SCHEDULED' } } };
    case 'GET /ID/campaigns/ID':
      return { status: 200, body: { Id: APP, State: { CampaignStatus: 'EXECUTING' } } };
    case 'GET /ID/campaigns/ID/activities':
      return { status: 200, body: { Item: [activity(2)] } };
    default:
      return {
        status: 404,
        body: { __type: 'NotFoundException', Message: `no ${operation}`, RequestID: 'r' },
      };
  }
}

export const activity = (open: number, more: object = {}) => ({
  State: open > 0 ? 'RUNNING' : 'COMPLETED',
  Result: open > 0 ? undefined : 'SUCCESS',
  ExecutionMetrics: {
    AUDIENCE: '10',
    SENT: String(6 - open),
    FAILED: '1',
    SKIPPED: '2',
    UNCERTAIN: '1',
    OPEN: String(open),
    FAILURE_PERMANENT: '1',
    ENDPOINT_OPT_OUT: '2',
    ENDPOINT_PRODUCED: '10',
  },
  ...more,
});
