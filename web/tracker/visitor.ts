/** Who is on the page: in memory, and on the device where that is allowed. */
import type { Who } from './envelope.ts';
import type { Utm } from './utm.ts';
import { type Visit, visitAt } from './visit.ts';
import type { World } from './world.ts';

export const VISITOR_KEY = 'repoint';
/** The collector's limit: with a longer one it would refuse every event from then on. */
const MAX_ID = 128;

interface Visitor {
  readonly id?: string;
  readonly user?: string | undefined;
  readonly visit?: Visit;
}

function parsed(text: string | null): Visitor {
  try {
    return (JSON.parse(text ?? '{}') as Visitor | null) ?? {};
  } catch {
    return {};
  }
}

type Device = Pick<World, 'store' | 'shared' | 'uuid'>;

/** Each event reads anew what the device keeps: another tab may have begun a visit or signed somebody in or out. */
export function createVisitor({ store, shared, uuid }: Device) {
  let kept = true;
  let visitor: Visitor = {};
  /** What the device keeps since there is no room for anything newer. */
  let stale: string | null | undefined;

  const read = (): Visitor => {
    const text = kept ? store.get(VISITOR_KEY) : null;
    return text === null || text === stale ? visitor : parsed(text);
  };
  const write = (next: Visitor): void => {
    visitor = next;
    if (!kept) return;
    const text = JSON.stringify(next);
    store.set(VISITOR_KEY, text);
    const found = store.get(VISITOR_KEY);
    stale = found === text ? undefined : found;
  };

  return {
    /** Who does something at `now`, and the campaign that brought them. */
    seen(now: number, utm: Utm | undefined): { readonly who: Who; readonly utm: Utm | undefined } {
      const last = read();
      const id = (kept ? shared.get() : undefined) ?? last.id ?? uuid();
      const visit = visitAt(last.visit, now, utm, uuid);
      write({ ...last, id, visit });
      if (kept) shared.set(id);
      return { who: { user_id: last.user, anonymous_id: id, session_id: visit.id }, utm: visit.utm };
    },
    /** Who is nobody stays so: all visitors of a page that names `undefined` would be one member. */
    identify(user: unknown): void {
      const id = String(user ?? '');
      if (id && id.length <= MAX_ID) write({ ...read(), user: id });
    },
    reset(): void {
      shared.set(undefined);
      write({});
    },
    /** The device keeps nothing any more, and who comes back is somebody else. */
    forget(): void {
      kept = false;
      store.remove(VISITOR_KEY);
      shared.set(undefined);
      visitor = { user: visitor.user };
    },
    remember(): void {
      kept = true;
    },
  };
}
