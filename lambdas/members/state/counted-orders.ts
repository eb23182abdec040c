/** Orders that were counted, and when they were placed. Pure. */
import { Counted } from './fingerprint.ts';
import type { MemberState } from './member-state.ts';

/** Of more orders only the number and the sums are kept. */
const KEPT_ORDERS = 64;
const UNKNOWN = '';

type KeptOrders = Pick<MemberState, 'countedTransactions' | 'placedAt' | 'lastPurchaseAt'>;

/**
 * An order counts once, and was placed when the earliest of its reports says: a page that confirms it may be opened again
 * days later, which buys nothing.
 */
export class CountedOrders {
  private readonly counted: Counted;
  private readonly placedAt = new Map<string, string>();
  /** The latest of orders whose time is not kept any more, as far as it is later than all that are. */
  private before = UNKNOWN;

  constructor(state?: KeptOrders) {
    this.counted = new Counted(state?.countedTransactions ?? '');
    for (const [index, print] of [...this.counted].entries())
      this.placedAt.set(print, state?.placedAt?.[index] ?? UNKNOWN);
    const last = state?.lastPurchaseAt ?? UNKNOWN;
    if (last > this.lastAt) this.before = last;
  }

  /** False when the order was counted before. */
  add(print: string, at: string): boolean {
    const isNew = this.counted.add(print);
    const known = this.placedAt.get(print) ?? UNKNOWN;
    if (isNew || (at !== UNKNOWN && at < known)) this.placedAt.set(print, at);
    return isNew;
  }

  addAll({ placedAt, before }: CountedOrders): void {
    for (const [print, at] of placedAt) this.add(print, at);
    if (before > this.before) this.before = before;
  }

  /** What is kept of them: of a batch that brought more than usual, `most`. */
  kept(most: number): KeptOrders {
    const prints = this.counted.last(KEPT_ORDERS, most);
    const placedAt = prints.map((print) => this.placedAt.get(print) ?? UNKNOWN);
    const { lastAt } = this;
    return {
      countedTransactions: prints.join(''),
      ...(placedAt.length === 0 ? {} : { placedAt }),
      ...(lastAt === UNKNOWN ? {} : { lastPurchaseAt: lastAt }),
    };
  }

  private get lastAt(): string {
    return [...this.placedAt.values()].reduce((last, at) => (at > last ? at : last), this.before);
  }
}
