import { TEN_THOUSANDTHS } from '../../shared/money.ts';
import { type CartLine, cartLines } from './cart.ts';
import type { MemberState, RecentItem } from './member-state.ts';

/** A person's state as it is shown. Times are ISO 8601, UTC. */
export interface StateView {
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** Events ever, by name. */
  readonly events: Readonly<Record<string, number>>;
  /** The latest first. */
  readonly recentItems: readonly RecentItem[];
  readonly cart: readonly CartLine[];
  readonly orders: number;
  /** Amount by ISO 4217 currency. */
  readonly revenue: Readonly<Record<string, number>>;
  readonly lastPurchaseAt: string | null;
}

export const stateView = (state: MemberState): StateView => ({
  firstSeenAt: state.firstSeenAt,
  lastSeenAt: state.lastSeenAt,
  events: state.events,
  recentItems: state.recentItems,
  cart: cartLines(state.cartChanges),
  orders: state.orders,
  revenue: Object.fromEntries(
    Object.entries(state.revenue).map(([currency, amount]) => [currency, amount / TEN_THOUSANDTHS]),
  ),
  lastPurchaseAt: state.lastPurchaseAt ?? null,
});
