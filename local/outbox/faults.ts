import { evenly } from '../spread.ts';
import type { Channel } from './message.ts';

/** What a provider can be ordered to answer for some messages in place of taking them as usual. */
export const FAULTS = ['throttled', 'transient', 'permanent', 'gone', 'updatedToken'] as const;
export type FaultKind = (typeof FAULTS)[number];

/** What the real provider of a channel can say of one message; SES does not know dead addresses, SMS knows no passing failure. */
export const FAULTS_OF = {
  push: ['throttled', 'transient', 'permanent', 'gone', 'updatedToken'],
  email: ['throttled', 'transient', 'permanent'],
  sms: ['throttled', 'permanent', 'gone'],
  kakao: ['throttled', 'transient', 'permanent', 'gone'],
} as const satisfies Record<Channel, readonly FaultKind[]>;

export type FaultOf<C extends Channel> = (typeof FAULTS_OF)[C][number];

export interface FaultOrder {
  readonly channel: Channel;
  readonly kind: FaultKind;
  /** Part of the messages that meet it, 0…1, evenly spread: 0.2 is every fifth. */
  readonly share: number;
  /** Messages that still will; without it there is no end. */
  readonly count?: number;
}

interface Standing {
  readonly order: FaultOrder;
  readonly meets: (share: number) => boolean;
  left: number;
}

/** Orders in force, one a channel at most; a restart forgets them. */
export function faults() {
  const standing = new Map<Channel, Standing>();
  return {
    /** Replaces the order of its channel. */
    order(order: FaultOrder): void {
      standing.set(order.channel, { order, meets: evenly(), left: order.count ?? Number.POSITIVE_INFINITY });
    },
    clear: (): void => standing.clear(),
    /** The orders in force, with what is left of their counts. */
    orders: (): readonly FaultOrder[] =>
      [...standing.values()].map(({ order, left }) =>
        order.count === undefined ? order : { ...order, count: left },
      ),
    /** What the next message of the channel meets, if anything. */
    next<C extends Channel>(channel: C): FaultOf<C> | undefined {
      const found = standing.get(channel);
      if (!found || found.left === 0 || !found.meets(found.order.share)) return undefined;
      found.left -= 1;
      return found.order.kind as FaultOf<C>;
    },
  };
}

export type Faults = ReturnType<typeof faults>;
