const known = new Map<string, string | undefined>();
/** More names than the IANA database has; beyond this the senders' mistakes would fill the memory. */
const MANY = 2000;

/** The name of an IANA time zone as it is written in the database (`asia/seoul` → `Asia/Seoul`); undefined when there is none. */
export function timeZoneName(written: string): string | undefined {
  if (known.has(written)) return known.get(written);
  if (known.size >= MANY) known.clear();
  const name = resolved(written);
  known.set(written, name);
  return name;
}

function resolved(written: string): string | undefined {
  // Offsets such as +09:00 are no zones: they know nothing of summer time.
  if (!/^[A-Za-z]/.test(written)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: written }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
