import { isObject, type JsonObject } from '../template/template.ts';
import { TokenBucket } from './token-bucket.ts';

/** Parts of a method setting that bear on logs, metrics and caching in AWS only. */
const WITHOUT_EFFECT_HERE = ['DataTraceEnabled', 'LoggingLevel', 'MetricsEnabled'];
const USED = ['HttpMethod', 'ResourcePath', 'ThrottlingBurstLimit', 'ThrottlingRateLimit'];

/** The throttle that a stage's MethodSettings give a method: its own setting before the one for `/*` and `*`. */
export function stageThrottle(
  stage: JsonObject,
  resourcePath: string,
  httpMethod: string,
  nowMs: number,
): TokenBucket | undefined {
  const settings = [stage['MethodSettings'] ?? []].flat().filter(isObject);
  for (const setting of settings) {
    const unknown = Object.keys(setting).filter((key) => ![...USED, ...WITHOUT_EFFECT_HERE].includes(key));
    if (unknown.length > 0) throw new Error(`Method setting ${unknown.join(', ')} is not known`);
  }
  // In settings, the slashes of a path are written as ~1.
  const encoded = resourcePath.replaceAll('/', '~1').replace(/^~1/, '/~1');
  const own = settings.find(
    ({ ResourcePath, HttpMethod }) => ResourcePath === encoded && HttpMethod === httpMethod,
  );
  const every = settings.find(({ ResourcePath, HttpMethod }) => ResourcePath === '/*' && HttpMethod === '*');
  const setting = own ?? every;
  const rate = setting?.['ThrottlingRateLimit'];
  if (rate === undefined) return undefined;
  return new TokenBucket(Number(rate), Number(setting?.['ThrottlingBurstLimit'] ?? rate), nowMs);
}
