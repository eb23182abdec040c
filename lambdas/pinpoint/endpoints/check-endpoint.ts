import type { ChannelType, EndpointRequest } from '@aws-sdk/client-pinpoint';
import { isStorable, STORABLE } from '../../shared/storable-number.ts';
import { suggestion } from '../../shared/validation.ts';
import type { Report } from '../protocol/check.ts';

/** Channels whose endpoints are devices: a user's sixteenth pushes out the oldest of these (pinpoint.md §2.2). */
export const PUSH_CHANNELS = [
  'ADM',
  'APNS',
  'APNS_SANDBOX',
  'APNS_VOIP',
  'APNS_VOIP_SANDBOX',
  'BAIDU',
  'GCM',
] as const satisfies readonly ChannelType[];

export const CHANNELS = [
  ...PUSH_CHANNELS,
  'CUSTOM',
  'EMAIL',
  'IN_APP',
  'PUSH',
  'SMS',
  'VOICE',
] as const satisfies readonly ChannelType[];

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ChannelType: CHANNELS,
  EndpointStatus: ['ACTIVE', 'INACTIVE'],
  OptOut: ['ALL', 'NONE'],
};

const MAX_NAME = 50;
const MAX_VALUE = 100;
const MAX_VALUES = 50;
const MAX_ID = 400;
/** `#` would let an id reach into the key of another row. */
const FORBIDDEN_IN_ID = /[#\p{Cc}]/u;
/** Ids become names of maps, where these mean something else. */
const FORBIDDEN_IDS = ['__proto__', 'constructor'];

function checkValues(path: string, values: readonly string[], report: Report): void {
  if (values.length > MAX_VALUES) {
    report(`${path} has ${values.length} values; at most ${MAX_VALUES} are allowed`);
  }
  const long = values.find((value) => value.length > MAX_VALUE);
  if (long !== undefined) {
    report(`${path} has a value of ${long.length} characters; at most ${MAX_VALUE} are allowed`);
  }
}

function checkNames(path: string, map: object | undefined, report: Report): void {
  for (const [name, value] of Object.entries(map ?? {})) {
    if (name.length === 0 || name.length > MAX_NAME) {
      report(`${path}.${name} has a name of ${name.length} characters; 1 to ${MAX_NAME} are allowed`);
    }
    if (Array.isArray(value)) checkValues(`${path}.${name}`, value, report);
    if (typeof value === 'number' && !isStorable(value))
      report(`${path}.${name} is ${value}; allowed: ${STORABLE}`);
  }
}

/** `Endpoint id` or `User.UserId`: what a key is made of. */
export function checkId(path: string, id: string, report: Report): void {
  if (id.length === 0 || id.length > MAX_ID) {
    report(`${path} has ${id.length} characters; 1 to ${MAX_ID} are allowed`);
  }
  if (FORBIDDEN_IN_ID.test(id))
    report(`${path} is ${JSON.stringify(id)}; "#" and control characters are not allowed`);
  if (FORBIDDEN_IDS.includes(id))
    report(`${path} is ${JSON.stringify(id)}; ${FORBIDDEN_IDS.join(' and ')} are not allowed`);
}

/** Reports what is wrong with an endpoint beyond its types: allowed values and the limits that shape meaning. */
export function checkEndpoint(endpoint: EndpointRequest, path: string, report: Report): void {
  for (const [name, allowed] of Object.entries(ALLOWED)) {
    const value: unknown = endpoint[name as keyof EndpointRequest];
    if (typeof value === 'string' && !allowed.includes(value)) {
      report(
        `${path}${name} is ${JSON.stringify(value)}; allowed: ${allowed.join(', ')}${suggestion(value, allowed)}`,
      );
    }
  }
  if (endpoint.User?.UserId !== undefined) checkId(`${path}User.UserId`, endpoint.User.UserId, report);
  if (endpoint.User?.UserAttributes && endpoint.User.UserId === '') report(`${path}User.UserId is empty`);
  checkNames(`${path}Attributes`, endpoint.Attributes, report);
  checkNames(`${path}Metrics`, endpoint.Metrics, report);
  checkNames(`${path}Location`, endpoint.Location, report);
  checkNames(`${path}User.UserAttributes`, endpoint.User?.UserAttributes, report);
}
