/**
 * Who may get messages at all (spec §4, "Safety": outside production only allow-listed recipients). Entries: `*`
 * (everybody), an address as it is sent to, `*@example.com` for a mail domain, `user:<userId>`; what is none of these,
 * such as `nobody`, matches nobody.
 */
export type Recipients = (address: string, userId: string | undefined) => boolean;

export function recipientsOf(entries: readonly string[]): Recipients {
  if (entries.includes('*')) return () => true;
  const exact = new Set(entries.map((entry) => entry.toLowerCase()));
  return (address, userId) => {
    const lower = address.toLowerCase();
    if (exact.has(lower)) return true;
    if (userId !== undefined && exact.has(`user:${userId.toLowerCase()}`)) return true;
    const at = lower.lastIndexOf('@');
    return at >= 0 && exact.has(`*${lower.slice(at)}`);
  };
}
