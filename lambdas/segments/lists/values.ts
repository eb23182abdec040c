/** Values of a list as they are compared: with userIds, with e-mail addresses, with phone numbers. Pure. */
import { emailAddress } from '../../members/index.ts';
import { e164 } from '../../shared/phone.ts';

export type Kind = 'id' | 'email' | 'phone';
export const KINDS: readonly Kind[] = ['id', 'email', 'phone'];

/** What the members API takes for a userId. */
const USER_ID = /^[^#\p{C}]{1,128}$/u;

/** The value as it is compared, whoever wrote it how; undefined when it is none of the kind. */
export function keyOf(kind: Kind, written: string): string | undefined {
  const value = written.trim();
  if (kind === 'id') return USER_ID.test(value) ? value : undefined;
  if (kind === 'phone') return e164(value);
  // Servers may tell Kim@ from kim@; none that people use does, and a list typed by hand is full of capitals.
  return emailAddress(value)?.toLowerCase();
}

export const REASONS: Readonly<Record<Kind, { readonly malformed: string; readonly nobody: string }>> = {
  id: { malformed: 'is no userId', nobody: 'no member has this userId' },
  email: { malformed: 'is no e-mail address', nobody: 'no member has this e-mail address' },
  phone: { malformed: 'is no phone number', nobody: 'no member has this phone number' },
};
