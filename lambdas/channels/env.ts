/** The custom channel of Kakao; the function is named `repoint-<stage>-` before it, and campaigns name it to the engine. */
export const KAKAO_FUNCTION = 'channels-kakao';

/** Environment variables of the channels domain. */
export const KAKAO_ENV = {
  /** Kakao's templates, version by version. */
  table: 'KAKAO_TEMPLATES_TABLE',
  /** Where the provider of Kakao messages takes them (docs/kakao-port.md). */
  providerUrl: 'KAKAO_PROVIDER_URL',
  /** Secret with the provider's bearer token. */
  tokenSecret: 'KAKAO_TOKEN_SECRET',
} as const;
