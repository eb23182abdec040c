import { CONDITIONS } from './conditions.ts';
import { DATES } from './dates.ts';
import { ENCODINGS } from './encodings.ts';
import type { Helper } from './helper.ts';
import { NUMBERS } from './numbers.ts';
import { TEXTS } from './texts.ts';

/** Every helper a template may call, by name. A new one is an entry in its family's file. */
const REGISTRY: ReadonlyMap<string, Helper> = new Map<string, Helper>([
  ['each', { is: 'loop' }],
  ...Object.entries(CONDITIONS),
  ...Object.entries(TEXTS),
  ...Object.entries(DATES),
  ...Object.entries(NUMBERS),
  ...Object.entries(ENCODINGS),
]);

export const HELPERS: readonly string[] = [...REGISTRY.keys()].sort();

export const helperNamed = (name: string): Helper | undefined => REGISTRY.get(name);
