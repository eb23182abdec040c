/** What the account may send on a channel at this time. */
export interface Quota {
  /** Messages a second. */
  readonly perSecond: number;
  /** Messages left of the account's last 24 hours; Infinity where there is no such limit. Up to a minute old. */
  readonly left24h: number;
}

export interface AccountQuota {
  /** Undefined where the account has none. Rejects when the provider never told one. */
  of(kind: string): Promise<Quota | undefined>;
}

/** How long an answer counts, in milliseconds. A failure to ask again makes the last one count for another while. */
const KEPT_MS = 60_000;

type ReadQuota = () => Promise<Quota>;

function kept(read: ReadQuota, clock: () => number): ReadQuota {
  let last: { readonly quota: Quota; readonly until: number } | undefined;
  let asking: Promise<Quota> | undefined;
  const asked = async (): Promise<Quota> => {
    const known = last?.quota;
    const quota = await read().catch((cause: unknown) => {
      if (known) return known;
      throw cause;
    });
    last = { quota, until: clock() + KEPT_MS };
    return quota;
  };
  return () => {
    const leftMs = last ? last.until - clock() : 0;
    // More is left than there ever was when the clock was set back.
    if (last && leftMs > 0 && leftMs <= KEPT_MS) return Promise.resolve(last.quota);
    asking ??= asked().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

/** Quotas by kind, asked at most once a minute each however many callers there are. `clock`: epoch milliseconds. */
export function accountQuota(
  readers: Readonly<Record<string, ReadQuota>>,
  clock: () => number,
): AccountQuota {
  const quotas = new Map(Object.entries(readers).map(([kind, read]) => [kind, kept(read, clock)]));
  return { of: async (kind) => quotas.get(kind)?.() };
}
