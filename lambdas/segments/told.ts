import type { HttpAnswer } from '../shared/http.ts';

/** 200 with an answer, 202 while it is being found out. */
export const told = (result: { readonly state: string }): HttpAnswer => ({
  status: result.state === 'ready' ? 200 : 202,
  body: { result },
});
