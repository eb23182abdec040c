import type { Country } from '../../env.ts';
import { KR } from './kr.ts';
import type { Law } from './law.ts';

/** The laws there are, by ISO 3166 code. */
export const LAWS: Readonly<Record<Country, Law>> = { KR };
