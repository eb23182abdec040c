/** Not all that RFC 5322 allows: what mail servers take in practice. */
const EMAIL = /^[^\s@<>()[\]\\,;:"]+@((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,})$/u;
const MAX_LOCAL_PART = 64;

/** The address with its domain in lower case (the part before @ belongs to its server); undefined when it is none. */
export function emailAddress(written: string): string | undefined {
  const trimmed = written.trim();
  const domain = EMAIL.exec(trimmed)?.[1];
  if (domain === undefined) return undefined;
  const local = trimmed.slice(0, trimmed.length - domain.length - 1);
  if (local.length > MAX_LOCAL_PART || /^\.|\.\.|\.$/.test(local)) return undefined;
  return `${local}@${domain.toLowerCase()}`;
}
