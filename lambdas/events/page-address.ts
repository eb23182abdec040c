/** What of a page's address may be kept. Pure. */
import { isIdentifierName } from './identifier-name.ts';

/** Parameters that name a person or let somebody in, by their name; `utm_…` tell where a visit came from. */
const PERSONAL_NAME = /e-?mail|phone|passw|pwd|token|secret/i;
/** One character before the @ is enough to know one by; looking for more takes minutes over a long text without any. */
const EMAIL = /[^\s@/?&=]@[^\s@/?&=]+\.[a-z]{2,}/i;
/** International, or as Korea writes mobile numbers; a + between digits is a space in an address. */
const PHONE = /^(?:\+\d(?:[ +.()-]{0,2}\d){8,14}|01[016-9][ +.-]?\d{3,4}[ +.-]?\d{4})$/;

const PARAMETER = /([?&#;])([^=&#;?]*)=([^&#;]*)/g;
/** Without any of this no parameter of an address holds an e-mail address or a telephone number, or is named after one. */
const SUSPECT = new RegExp(`[@%]|=[\\s+0]|${PERSONAL_NAME.source}`, 'i');
const CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i;

/**
 * The address with the values left out of parameters (of query or fragment) that hold an e-mail address or a telephone
 * number, or are named after one or after a password or token; their names stay. With `anonymous`, those that name a browser,
 * a member or a click go too.
 */
export function keptAddress(url: string, anonymous = false): string {
  const address = url.includes('@') ? url.replace(CREDENTIALS, '$1') : url;
  if (!address.includes('=') || !(anonymous || SUSPECT.test(address))) return address;
  return address.replace(PARAMETER, (whole, mark: string, name: string, value: string) =>
    value !== '' && isPersonal(name, value, anonymous) ? `${mark}${name}=` : whole,
  );
}

function isPersonal(name: string, value: string, anonymous: boolean): boolean {
  const spelled = decoded(name);
  if (!/^utm_/i.test(spelled) && PERSONAL_NAME.test(spelled)) return true;
  if (anonymous && (isIdentifierName(spelled) || holdsIdentifier(decoded(value)))) return true;
  return holdsAddress(value);
}

/** An address inside an address, such as where to go after signing in. */
const holdsIdentifier = (address: string): boolean =>
  address.includes('=') &&
  [...address.matchAll(PARAMETER)].some(
    ([, , name = '', value]) => value !== '' && isIdentifierName(decoded(name)),
  );

/** Whether a value has an e-mail address or a telephone number in it, an address inside an address included. */
export function holdsAddress(value: string): boolean {
  if (!/[@%]|^[\s+0]/.test(value)) return false;
  const text = decoded(decoded(value));
  return EMAIL.test(text) || PHONE.test(text.trim());
}

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replaceAll(/%40/gi, '@');
  }
}
