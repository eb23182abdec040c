import { randomUUID } from 'node:crypto';
import { AwsError } from '../wire/aws-error.ts';
import { awsJson, isFor } from '../wire/aws-json.ts';
import type { Answer, WireRequest } from '../wire/server.ts';
import { ShapeError } from '../wire/shape.ts';
import type { emailProvider } from './email/provider.ts';
import type { kakaoProvider } from './kakao/provider.ts';
import type { pushProvider } from './push/send-messages.ts';
import type { smsProvider } from './sms/provider.ts';

interface Providers {
  readonly push: ReturnType<typeof pushProvider>;
  readonly email: ReturnType<typeof emailProvider>;
  readonly sms: ReturnType<typeof smsProvider>;
  readonly kakao: ReturnType<typeof kakaoProvider>;
}

type Route = (input: unknown, path: RegExpExecArray) => unknown | Promise<unknown>;

const SMS_TARGET = 'PinpointSMSVoiceV2';
const SEND_MESSAGES = /^\/v1\/apps\/([^/]+)\/messages$/;

function routesOf({
  push,
  email,
  kakao,
}: Providers): readonly (readonly [method: string, path: RegExp, run: Route])[] {
  return [
    ['POST', SEND_MESSAGES, (input, [, id = '']) => push(decodeURIComponent(id), input)],
    ['POST', /^\/v2\/email\/outbound-bulk-emails$/, (input) => email.sendBulkEmail(input)],
    ['POST', /^\/v2\/email\/outbound-emails$/, (input) => email.sendEmail(input)],
    ['GET', /^\/v2\/email\/account$/, () => email.getAccount()],
    ['POST', /^\/kakao\/messages$/, (input) => kakao(input)],
  ];
}

function inputOf({ body }: WireRequest): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('BadRequestException', 'The request body is not valid JSON');
  }
}

function asAwsError(cause: unknown): AwsError {
  if (cause instanceof AwsError) return cause;
  if (cause instanceof ShapeError) return new AwsError('BadRequestException', cause.message);
  throw cause;
}

/** REST-JSON of Pinpoint and SES. */
function restJson(providers: Providers): Answer {
  const routes = routesOf(providers);
  return async (request) => {
    const requestId = randomUUID();
    const headers = { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
    try {
      for (const [method, pattern, run] of routes) {
        const path = pattern.exec(request.url.pathname);
        if (!path || method !== request.method) continue;
        return { status: 200, headers, body: JSON.stringify(await run(inputOf(request), path)) };
      }
      const what = `${request.method} ${request.url.pathname}`;
      throw new AwsError('NotFoundException', `The local stand-in does not know ${what}`, 404);
    } catch (cause) {
      const error = asAwsError(cause);
      return {
        status: error.status,
        headers: { ...headers, 'x-amzn-errortype': error.code },
        body: JSON.stringify({ message: error.message, Message: error.message, RequestID: requestId }),
      };
    }
  };
}

/** One port for push, e-mail, SMS and Kakao: the protocols tell themselves apart by target header and path. */
export function providersAnswer(providers: Providers): Answer {
  const sms = awsJson({
    target: SMS_TARGET,
    version: '1.0',
    operations: { SendTextMessage: providers.sms },
    invalid: (message) =>
      new AwsError('ValidationException', message, 400, { Reason: 'FIELD_VALIDATION_FAILED' }),
  });
  const rest = restJson(providers);
  return (request) => (isFor(SMS_TARGET, request) ? sms(request) : rest(request));
}
