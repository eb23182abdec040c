import type * as client from '@aws-sdk/client-pinpoint';
import type { Ctx } from '../../shared/context.ts';
import type { OwnOperations } from './own-operations.ts';

type Client = typeof client;

/** The names of Pinpoint's operations, as the client has them: `CreateApp`, `GetSegments`, … */
type ClientOperationName = {
  [Export in keyof Client]: Export extends `${infer Name}Command` ? Name : never;
}[keyof Client] &
  string;

export type OperationName = ClientOperationName | keyof OwnOperations;

type Command<Name extends OperationName> = `${Name}Command` extends keyof Client
  ? Client[`${Name}Command`] extends abstract new (
      ...args: never[]
    ) => infer Instance
    ? Instance
    : never
  : never;

/** The client's own input type of an operation: labels, query and body members side by side. */
export type OperationInput<Name extends OperationName> = Name extends keyof OwnOperations
  ? OwnOperations[Name]['input']
  : Command<Name> extends { input: infer Input }
    ? Input
    : never;

/** The client's own output type: one member that is the body, e.g. `{ CampaignResponse }`. */
export type OperationOutput<Name extends OperationName> = Name extends keyof OwnOperations
  ? OwnOperations[Name]['output']
  : Command<Name> extends {
        resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Output }>;
      }
    ? Omit<Output, '$metadata'>
    : never;

/** What an operation of the engine may know of its caller and its moment. */
export interface EngineCtx extends Ctx {
  readonly region: string;
  readonly accountId: string;
  /** A random id of 32 hexadecimal digits, Pinpoint's form. */
  readonly newId: () => string;
}

export type Operation<Name extends OperationName> = (
  input: OperationInput<Name>,
  ctx: EngineCtx,
) => Promise<OperationOutput<Name>>;

/** The operations that are there; each domain folder exports its own part, already bound to its stores. */
export type Operations = { readonly [Name in OperationName]?: Operation<Name> };

/** `arn:aws:mobiletargeting:<region>:<account>:apps/<id>[/…]`. */
export const arnOf = (ctx: Pick<EngineCtx, 'region' | 'accountId'>, resource: string): string =>
  `arn:aws:mobiletargeting:${ctx.region}:${ctx.accountId}:${resource}`;
