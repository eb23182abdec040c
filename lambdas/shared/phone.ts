const E164 = /^\+[1-9]\d{6,14}$/;
/** Area code or mobile prefix with its leading zero, 9 to 11 digits in all. */
const KOREAN_LOCAL = /^0[1-9]\d{7,9}$/;

/**
 * E.164 of a phone number in international form or in Korea's local one (spec §2), whatever spaces, dots, hyphens and
 * brackets stand in it; undefined when it is neither. `+82 (0)10-…` is common and means `+82 10-…`.
 */
export function e164(written: string): string | undefined {
  const digits = written.trim().replace(/[\s().\-\u2010-\u2015]/g, '');
  if (KOREAN_LOCAL.test(digits)) return `+82${digits.slice(1)}`;
  const plain = digits.replace(/^\+820/, '+82');
  return E164.test(plain) ? plain : undefined;
}
