import { badRequest } from './errors.ts';

/** Pinpoint's `page-size` and `token`, both strings on the wire. */
export interface PageRequest {
  readonly PageSize?: string | undefined;
  readonly Token?: string | undefined;
}

const DEFAULT_PAGE_SIZE = 100;
/** Pinpoint's own limit is not documented for every list; one page of ours fits one read of the registry. */
const MAX_PAGE_SIZE = 500;

/** A token is the sort key to go on after; opaque to the caller. */
export const tokenOf = (after: string | undefined): { NextToken?: string } =>
  after === undefined ? {} : { NextToken: Buffer.from(after).toString('base64url') };

/** Where a page begins and how long it is. `prefix`: what the sort keys of this list begin with. */
export function pageOf({ PageSize, Token }: PageRequest, prefix: string): { limit: number; after?: string } {
  const limit = PageSize === undefined ? DEFAULT_PAGE_SIZE : Number(PageSize);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) {
    throw badRequest(
      `page-size is ${JSON.stringify(PageSize)}; expected a whole number from 1 to ${MAX_PAGE_SIZE}`,
    );
  }
  if (Token === undefined) return { limit };
  const after = Buffer.from(Token, 'base64url').toString();
  if (!after.startsWith(prefix))
    throw badRequest(`token is ${JSON.stringify(Token)}, which no page of this list gave`);
  return { limit, after };
}
