import type { CouponEraser } from './coupons/ports.ts';
import type { ContactEraser } from './policy/ports.ts';

export interface ForgetDeps {
  readonly contacts: ContactEraser;
  readonly coupons: CouponEraser;
}

/**
 * Takes a member out of what campaigns remember (spec §1, erasure): which sends had a message for them, and whose their
 * codes are. A code that was given stays given. To be called when the member is gone from the members table, for then the
 * hook gives and counts nothing more (MEMBER_GONE); safe to repeat. Answers how many codes were theirs.
 */
export async function forgetMember({ contacts, coupons }: ForgetDeps, userId: string): Promise<number> {
  const [codes] = await Promise.all([coupons.forget(userId), contacts.forget(userId)]);
  return codes;
}
