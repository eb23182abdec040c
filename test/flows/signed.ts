import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { SystemFacts } from '../../local/system-facts.ts';

/** SHA-256, or HMAC with a key, as the signer wants it. */
class Sha256 {
  readonly #hash;
  constructor(key?: Buffer) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  }
  update(data: Buffer): void {
    this.#hash.update(data);
  }
  digest = async (): Promise<Uint8Array> => new Uint8Array(this.#hash.digest());
  reset(): void {}
}

/** Calls the engine's own operations, signed as every Pinpoint request is. */
export function signedBy({ endpoint, region, accessKeyId, secretAccessKey }: SystemFacts['engine']) {
  const url = new URL(endpoint);
  const signer = new SignatureV4({
    service: 'mobiletargeting',
    region,
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256 as never,
  });
  return async (method: string, path: string, body?: unknown) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const full = `${url.pathname.replace(/\/$/, '')}${path}`;
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: full,
      query: {},
      headers: { host: url.host, ...(text === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(text === undefined ? {} : { body: text }),
    });
    const response = await fetch(new URL(full, url), {
      method,
      headers: signed.headers as Record<string, string>,
      ...(text === undefined ? {} : { body: text }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
}
