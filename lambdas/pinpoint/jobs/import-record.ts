import type { EndpointRequest } from '@aws-sdk/client-pinpoint';

/** One line of an imported file: the endpoint it holds, or what is wrong with it. `line` counts from 1. */
export type ImportRecord = { readonly line: number } & (
  | { readonly endpoint: EndpointRequest & { Id?: string | undefined } }
  | { readonly problem: string }
);
