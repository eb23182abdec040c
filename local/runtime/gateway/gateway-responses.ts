import { isObject, type Json, type JsonObject } from '../template/template.ts';

/** Statuses API Gateway gives its own errors unless a gateway response says otherwise (developer guide, "Gateway response types"). */
const STATUS = {
  ACCESS_DENIED: 403,
  API_CONFIGURATION_ERROR: 500,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  AUTHORIZER_FAILURE: 500,
  BAD_REQUEST_BODY: 400,
  BAD_REQUEST_PARAMETERS: 400,
  INTEGRATION_FAILURE: 504,
  INTEGRATION_TIMEOUT: 504,
  INVALID_API_KEY: 403,
  MISSING_AUTHENTICATION_TOKEN: 403,
  QUOTA_EXCEEDED: 429,
  REQUEST_TOO_LARGE: 413,
  RESOURCE_NOT_FOUND: 404,
  THROTTLED: 429,
  UNAUTHORIZED: 401,
  /** A function's answer that is no proxy response, or a function that failed. */
  DEFAULT_5XX: 502,
} as const;

export type ResponseType = keyof typeof STATUS;

/** Types a template may set although nothing here ever raises them. */
const NEVER_RAISED = [
  'DEFAULT_4XX',
  'EXPIRED_TOKEN',
  'INVALID_SIGNATURE',
  'UNSUPPORTED_MEDIA_TYPE',
  'WAF_FILTERED',
];

/** What templates and headers of gateway responses may mention of a request. */
export interface FailureContext {
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly resourcePath: string;
  readonly stage: string;
  readonly apiId: string;
  readonly identity: { readonly sourceIp: string };
}

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Setting {
  readonly status: number | undefined;
  readonly template: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';
const HEADER = 'gatewayresponse.header.';
/** API Gateway's own name of the error, which clients of AWS find in this header. */
const ERROR_TYPE_HEADER = 'x-amzn-ErrorType';

/** The answers API Gateway makes itself, as the template's `AWS::ApiGateway::GatewayResponse`s shape them. */
export class GatewayResponses {
  private readonly settings: ReadonlyMap<string, Setting>;

  /** `resources` are the properties of one API's gateway responses. Throws on what is not known here. */
  constructor(resources: readonly JsonObject[]) {
    this.settings = new Map(resources.map((properties) => [typeOf(properties), settingOf(properties)]));
  }

  answer(type: ResponseType, message: string, context: FailureContext): GatewayAnswer {
    const fallback = this.settings.get(STATUS[type] < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
    const setting = this.settings.get(type) ?? fallback;
    const values = {
      ...context,
      error: { message, messageString: JSON.stringify(message), responseType: type },
    };
    return {
      status: setting?.status ?? STATUS[type],
      headers: {
        'content-type': 'application/json',
        [ERROR_TYPE_HEADER]: `${camelCase(type)}Exception`,
        ...mapValues(setting?.headers ?? {}, (expression) => headerValue(expression, values)),
      },
      body: filled(setting?.template ?? DEFAULT_TEMPLATE, values),
    };
  }
}

function typeOf(properties: JsonObject): string {
  const type = String(properties['ResponseType']);
  if (!(type in STATUS) && !NEVER_RAISED.includes(type))
    throw new Error(`Gateway response ${type} is not known`);
  return type;
}

function settingOf(properties: JsonObject): Setting {
  const {
    ResponseType,
    StatusCode,
    ResponseParameters,
    ResponseTemplates,
    RestApiId: _,
    ...others
  } = properties;
  const unknown = Object.keys(others);
  if (unknown.length > 0)
    throw new Error(`Gateway response ${String(ResponseType)}: ${unknown.join(', ')} is not known`);
  const template = isObject(ResponseTemplates) ? ResponseTemplates['application/json'] : undefined;
  const setting: Setting = {
    status: StatusCode === undefined ? undefined : Number(StatusCode),
    template: template === undefined ? undefined : String(template),
    headers: headersOf(ResponseParameters),
  };
  checkVariables(setting);
  return setting;
}

function headersOf(parameters: Json | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(isObject(parameters) ? parameters : {}).map(([name, value]) => {
      if (!name.startsWith(HEADER)) throw new Error(`Gateway response parameter ${name} is not known`);
      return [name.slice(HEADER.length), String(value)];
    }),
  );
}

const SAMPLE = {
  requestId: '',
  extendedRequestId: '',
  httpMethod: '',
  path: '',
  resourcePath: '',
  stage: '',
  apiId: '',
  identity: { sourceIp: '' },
  error: { message: '', messageString: '', responseType: '' },
};

/** A variable this gateway cannot fill is told at start, not by an empty field later. */
function checkVariables({ template, headers }: Setting): void {
  if (template !== undefined) filled(template, SAMPLE);
  for (const expression of Object.values(headers)) headerValue(expression, SAMPLE);
}

function lookUp(path: string, values: object): string {
  const value = path
    .split('.')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], values);
  if (typeof value !== 'string') throw new Error(`Gateway response variable context.${path} is not known`);
  return value;
}

const filled = (template: string, values: object): string =>
  template.replace(/\$context\.([A-Za-z.]*[A-Za-z])/g, (_, path: string) => lookUp(path, values));

/** `'text'` is itself, `context.x` a variable. */
function headerValue(expression: string, values: object): string {
  const literal = /^'(.*)'$/s.exec(expression)?.[1];
  if (literal !== undefined) return literal;
  if (expression.startsWith('context.')) return lookUp(expression.slice('context.'.length), values);
  throw new Error(`Gateway response header ${expression} is not known`);
}

const camelCase = (type: string): string =>
  type
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

const mapValues = (
  record: Readonly<Record<string, string>>,
  map: (value: string) => string,
): Record<string, string> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
