/** What identifiers of people, browsers and messages are called, in properties as in addresses of pages. Pure. */

const APART = '[-_. [\\]]*';
/** Whose it is; a message's id leads to a person, since the ledger knows who got it. */
const OWNER =
  '(?:user|member|customer|client|anonymous|visitor|guest|session|device|browser|advertising|message|account|login|profile|kakao|naver|(?<![a-z])(?:usr|mem|cust|anon|acct))s?';
const ID = '(?:(?:id|key|uid|uuid|guid|hash|token)s?(?![a-z])|(?:no|num|number)s?\\]?$)';
const LOGIN_NAME = `(?:user|member|customer|client|account|login|screen|nick)${APART}name$`;
/** Ids that go by a name of their own: of people, and of devices as sellers of advertisements know them. */
const OWN_NAME = `(?:[gu]?uid|guid|idf[av]|gaid|adid|aaid|oaid|login|(?:push|fcm)${APART}token)s?`;
/** Of clicks, and what other sites' scripts keep in a browser. */
const CLICK =
  '(?:[gwm]?clid|gbraid|wbraid|dclid|fbclid|fb[cp]|msclkid|ttclid|twclid|igshid|napm|_ga|_gl|sid)';

const IDENTIFIER = new RegExp(
  `e[-_]?mail|phone|${OWNER}${APART}${ID}|${LOGIN_NAME}|^(?:${OWN_NAME}|${CLICK})$`,
  'i',
);

/** Whether a name leads to a person, however it is spelled; `within` is the name of what it stands in: `user: { id }` is a user's id. */
export const isIdentifierName = (name: string, within = ''): boolean =>
  IDENTIFIER.test(name) || (within !== '' && IDENTIFIER.test(`${within}_${name}`));
