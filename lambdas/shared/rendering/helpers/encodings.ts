import { createHash } from 'node:crypto';
import { type Helper, helper } from './helper.ts';

const hashed = (algorithm: 'md5' | 'sha256' | 'sha512'): Helper =>
  helper({
    params: ['text'],
    run: ([text = '']) => createHash(algorithm).update(text).digest('hex'),
  });

/** Pinpoint's helpers that encode and hash texts, taken as UTF-8. */
export const ENCODINGS = {
  decode64: helper({
    params: ['text'],
    run: ([text = '']) => Buffer.from(text, 'base64').toString(),
  }),
  encode64: helper({ params: ['text'], run: ([text = '']) => Buffer.from(text).toString('base64') }),
  md5: hashed('md5'),
  sha256: hashed('sha256'),
  sha512: hashed('sha512'),
  uuid: helper({ params: [], run: (_, __, { newId }) => newId() }),
} satisfies Record<string, Helper>;
