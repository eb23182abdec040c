import { TokenBucket } from './token-bucket.ts';

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly enabled: boolean;
}

/** A usage plan as far as one API stage is concerned. */
export interface UsagePlan {
  readonly keyIds: readonly string[];
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number } | undefined;
}

export type KeyVerdict =
  | { readonly kind: 'accepted'; readonly key: ApiKey }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'throttled' };

/** The keys that open one stage, each with the throttle of its plan. */
export class UsagePlans {
  private readonly byValue = new Map<string, { key: ApiKey; bucket: TokenBucket | undefined }>();

  constructor(keys: readonly ApiKey[], plans: readonly UsagePlan[], nowMs: number) {
    for (const { keyIds, throttle } of plans) {
      for (const key of keys.filter(({ id, enabled }) => enabled && keyIds.includes(id))) {
        const bucket = throttle && new TokenBucket(throttle.ratePerSecond, throttle.burst, nowMs);
        this.byValue.set(key.value, { key, bucket });
      }
    }
  }

  /** Judges the value of an `x-api-key` header and takes a token of its plan. */
  admit(value: string | undefined, nowMs: number): KeyVerdict {
    const found = value === undefined ? undefined : this.byValue.get(value);
    if (!found) return { kind: 'unknown' };
    if (found.bucket && !found.bucket.take(nowMs)) return { kind: 'throttled' };
    return { kind: 'accepted', key: found.key };
  }

  /** The first key that opens the stage, if any. */
  get first(): ApiKey | undefined {
    return [...this.byValue.values()][0]?.key;
  }
}
