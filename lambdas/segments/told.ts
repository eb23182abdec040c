import type { HttpAnswer } from '../shared/http.ts';

/** 200 with an answer; 202 while it is being found out, so that the same question may fare better later. */
export const told = (result: { readonly state: string }): HttpAnswer =>
  result.state === 'ready'
    ? { status: 200, body: { result } }
    : { status: 202, body: { result }, passing: true };
