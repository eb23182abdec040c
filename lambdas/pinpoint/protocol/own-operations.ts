/** Whether the engine may send at all, and who said so last. */
export interface SendingResource {
  readonly Enabled: boolean;
  readonly Reason: string;
  /** ISO 8601; absent until somebody changed it. */
  readonly ChangedAt?: string | undefined;
  /** The access key id of the caller, or `iam` for one of our own functions. */
  readonly ChangedBy?: string | undefined;
}

export interface WriteSendingRequest {
  readonly Enabled: boolean;
  readonly Reason?: string | undefined;
}

/** Input and output of the operations that are ours and not Pinpoint's, by name. */
export interface OwnOperations {
  readonly GetSending: {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly SendingResource: SendingResource };
  };
  readonly UpdateSending: {
    readonly input: { readonly WriteSendingRequest?: WriteSendingRequest };
    readonly output: { readonly SendingResource: SendingResource };
  };
}

const NAMESPACE = 'repoint';
const [TEXT, BOOLEAN, PAYLOAD] = [0, 2, 16] as const;

const SENDING = [
  3,
  NAMESPACE,
  'SendingResource',
  0,
  ['Enabled', 'Reason', 'ChangedAt', 'ChangedBy'],
  [BOOLEAN, TEXT, TEXT, TEXT],
  2,
] as const;
const WRITE_SENDING = [
  3,
  NAMESPACE,
  'WriteSendingRequest',
  0,
  ['Enabled', 'Reason'],
  [BOOLEAN, TEXT],
  1,
] as const;

/** A structure whose one member is the body, if there is one. */
const wrapped = (name: string, member: string, schema: readonly unknown[]) =>
  [3, NAMESPACE, name, 0, [member], [[schema, PAYLOAD]], 1] as const;

/**
 * Operations beside Pinpoint's, in the notation of the client's own schemas (protocol/shape.ts): routing, checks and
 * answers work the same.
 */
export const OWN_OPERATION_SCHEMAS = [
  [
    9,
    NAMESPACE,
    'GetSending',
    { http: ['GET', '/v1/sending', 200] },
    'unit',
    wrapped('GetSendingResponse', 'SendingResource', SENDING),
  ],
  [
    9,
    NAMESPACE,
    'UpdateSending',
    { http: ['PUT', '/v1/sending', 200] },
    wrapped('UpdateSendingRequest', 'WriteSendingRequest', WRITE_SENDING),
    wrapped('UpdateSendingResponse', 'SendingResource', SENDING),
  ],
] as const;
