import type { APIGatewayProxyEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { type HttpAnswer, idempotent } from '../../lambdas/shared/http.ts';
import type { Idempotency } from '../../lambdas/shared/idempotency.ts';

/** Remembers what its work returns, and forgets a key whose work throws. */
function memory(): Idempotency {
  const answers = new Map<string, unknown>();
  return {
    async once(request, work) {
      if (!answers.has(request.key)) answers.set(request.key, await work());
      return answers.get(request.key) as Awaited<ReturnType<typeof work>>;
    },
  };
}

describe('an answer under an Idempotency-Key', () => {
  it('is remembered, unless it is passing: then the repeat is worked on afresh', async () => {
    const answers: HttpAnswer[] = [
      { status: 207, body: { rejected: 1 }, passing: true },
      { status: 200, body: { accepted: 1 } },
      { status: 200, body: { accepted: 2 } },
    ];
    const route = idempotent(memory(), async () => answers.shift() as HttpAnswer);
    const event = { httpMethod: 'POST', path: '/things', body: '{}' } as APIGatewayProxyEvent;
    const ctx = { actor: 'key', requestId: 'r', now: 0, deadline: 1, idempotencyKey: 'k' };
    const statuses = [];
    for (let ask = 0; ask < 3; ask++) statuses.push(await route(event, ctx));
    expect(statuses.map(({ status }) => status)).toEqual([207, 200, 200]);
    expect(statuses[2]?.body).toEqual({ accepted: 1 });
  });
});
