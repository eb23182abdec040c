/** What a request wants changed of a member, normalised. Pure. */
import type { Consent as ConsentInput, MemberInput } from '../../schemas/members/generated/requests.js';
import { parseInstant } from '../events/index.ts';
import type { Problem } from '../shared/errors.ts';
import { e164 } from '../shared/phone.ts';
import { isStorable, STORABLE } from '../shared/storable-number.ts';
import { emailAddress } from './email.ts';
import {
  type AttributeValue,
  CONSENT_CHANNELS,
  CONSENT_PURPOSES,
  type ConsentChannel,
  type ConsentPurpose,
  type PushToken,
  TEXT_FIELDS,
  type TextField,
} from './member.ts';
import { timeZoneName } from './time-zone.ts';

export interface ConsentChange {
  readonly channel: ConsentChannel;
  readonly purpose: ConsentPurpose;
  readonly granted: boolean;
  /** ISO 8601, UTC; undefined when the request does not say. */
  readonly at: string | undefined;
  readonly how: string | undefined;
}

/** Null removes, absence keeps. */
export interface MemberChange {
  readonly texts: ReadonlyMap<TextField, string | null>;
  readonly pushTokens: readonly PushToken[] | undefined;
  readonly attributes: Readonly<Record<string, AttributeValue | null>>;
  readonly consents: readonly ConsentChange[];
}

/** Kept by the system from events (spec §2, "Real-user flag"). */
const OWN_ATTRIBUTES = ['active'];
/** Names that mean something else to objects: the store cannot keep a map that has them. */
const UNSTORABLE_NAMES = ['__proto__', 'constructor'];
const MAX_AHEAD_MS = 24 * 60 * 60 * 1000;

type Normaliser = (written: string) => string | undefined;
const FORMS: Partial<Record<TextField, { of: Normaliser; allowed: string }>> = {
  email: { of: emailAddress, allowed: 'an e-mail address' },
  phone: { of: e164, allowed: 'E.164 such as +821012345678, or a Korean number such as 010-1234-5678' },
  timeZone: { of: timeZoneName, allowed: 'an IANA time zone such as Asia/Seoul' },
  locale: { of: (written) => written.replaceAll('_', '-'), allowed: 'a BCP 47 tag' },
};

/** The change a valid body asks for, or the problems that its schema cannot see. `nowMs` is the moment of the request. */
export function memberChange(
  input: MemberInput,
  nowMs: number,
): { change: MemberChange; problems?: never } | { change?: never; problems: Problem[] } {
  const problems: Problem[] = [];
  const change: MemberChange = {
    texts: textsOf(input, problems),
    pushTokens: input.pushTokens === null ? [] : input.pushTokens && distinct(input.pushTokens),
    attributes: attributesOf(input, problems),
    consents: consentsOf(input, nowMs, problems),
  };
  return problems.length > 0 ? { problems } : { change };
}

function textsOf(input: MemberInput, problems: Problem[]): Map<TextField, string | null> {
  const texts = new Map<TextField, string | null>();
  for (const field of TEXT_FIELDS) {
    const written = input[field];
    if (written === undefined) continue;
    // Spreadsheets and forms send "" for nothing.
    if (written === null || written.trim() === '') {
      texts.set(field, null);
      continue;
    }
    const form = FORMS[field];
    const value = form === undefined ? written : form.of(written);
    if (value !== undefined) texts.set(field, value);
    else problems.push({ field, message: `${field} is "${written}"; allowed: ${form?.allowed}` });
  }
  return texts;
}

const distinct = (tokens: readonly PushToken[]): PushToken[] => [
  ...new Map(tokens.map(({ platform, token }) => [token, { platform, token }])).values(),
];

function attributesOf(
  input: MemberInput,
  problems: Problem[],
): Readonly<Record<string, AttributeValue | null>> {
  const attributes = input.attributes ?? {};
  for (const name of OWN_ATTRIBUTES) {
    if (!Object.hasOwn(attributes, name)) continue;
    const field = `attributes.${name}`;
    problems.push({ field, message: `${field} is kept by Repoint itself; choose another name` });
  }
  for (const [name, value] of Object.entries(attributes)) {
    const field = `attributes.${name}`;
    if (UNSTORABLE_NAMES.includes(name)) problems.push({ field, message: `${field} is not an allowed name` });
    if (typeof value === 'number' && !isStorable(value))
      problems.push({ field, message: `${field} is ${value}; allowed: ${STORABLE}` });
  }
  return attributes;
}

function consentsOf(input: MemberInput, nowMs: number, problems: Problem[]): ConsentChange[] {
  return CONSENT_CHANNELS.flatMap((channel) =>
    CONSENT_PURPOSES.flatMap((purpose) => {
      const given = input.consents?.[channel]?.[purpose];
      return given === undefined ? [] : [consentOf({ channel, purpose }, given, nowMs, problems)];
    }),
  );
}

function consentOf(
  of: Pick<ConsentChange, 'channel' | 'purpose'>,
  given: ConsentInput,
  nowMs: number,
  problems: Problem[],
): ConsentChange {
  if (typeof given === 'boolean') return { ...of, granted: given, at: undefined, how: undefined };
  const { granted, at, how } = given;
  const atMs = at === undefined ? undefined : parseInstant(at);
  if (at !== undefined && (atMs === undefined || atMs > nowMs + MAX_AHEAD_MS)) {
    const field = `consents.${of.channel}.${of.purpose}.at`;
    const allowed = 'ISO 8601 with a zone, epoch seconds or milliseconds, at most 24 hours ahead';
    problems.push({ field, message: `${field} is ${JSON.stringify(at)}; allowed: ${allowed}` });
    return { ...of, granted, at: undefined, how };
  }
  return { ...of, granted, at: atMs === undefined ? undefined : new Date(atMs).toISOString(), how };
}
