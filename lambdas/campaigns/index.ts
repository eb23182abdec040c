/** What other domains may use of campaigns: that they forget a member who is erased. */
export { dynamoCouponEraser } from './coupons/coupon-eraser.aws.ts';
export { COUPONS_ENV, POLICY_ENV } from './env.ts';
export { type ForgetDeps, forgetMember } from './forget-member.ts';
export { dynamoContacts } from './policy/contact-store.aws.ts';
