/** The demo's HTTP client: what an external system would write, no more. */

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface Client {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Like `call`, but throws with the answer unless the status is one of `expected`. */
  must(
    expected: readonly number[],
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
}

export function client(baseUrl: string, apiKey: string): Client {
  const call: Client['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  };
  return {
    call,
    async must(expected, method, path, body, headers) {
      const answer = await call(method, path, body, headers);
      if (!expected.includes(answer.status)) {
        throw new Error(
          `${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 500)}`,
        );
      }
      return answer;
    },
  };
}
