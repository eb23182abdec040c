/** The script for a page: takes the place of the snippet's stub and does what the page has asked of it so far. */
import { repoint } from './repoint.ts';

type Call = readonly [name: string, args: readonly unknown[]];

const page = window as unknown as { repoint?: { readonly q?: readonly Call[] } };
const stub = page.repoint;
// A page that loads the script twice keeps the tracker it has.
if (!stub || stub.q) {
  Object.assign(page, { repoint });
  const calls = repoint as unknown as Record<string, ((...args: readonly unknown[]) => void) | undefined>;
  for (const [name, args] of stub?.q ?? []) calls[name]?.(...args);
}
