/**
 * How long an HTTP answer asks to wait (RFC 9110 §10.2.3), in milliseconds; undefined when it does not say. A date is
 * measured from the answer's own `Date`, so that the two clocks need not agree. Header names are in lower case.
 */
export function retryAfterMs(headers: Readonly<Record<string, string | undefined>>): number | undefined {
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const waitMs = Date.parse(value) - Date.parse(headers['date'] ?? '');
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}
