/** SMS are billed by the part (AWS End User Messaging SMS, "SMS character limits"). Pure. */

/** GSM 03.38, basic table: a character each. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Its extension: two characters each. */
const EXTENDED = new Set('\f^{}\\[~]|€');
const GSM = { alone: 160, part: 153 } as const;
/** Anything else makes the whole message UCS-2: UTF-16 code units, an emoji has two. */
const UCS2 = { alone: 70, part: 67 } as const;
/** What a variable is taken to be replaced by. */
const VARIABLE_LENGTH = 8;

/** Parts of a message as it is written; a variable counts as eight characters of the message's own alphabet. */
export function smsParts(template: string): number {
  const written = template.replaceAll(/\{\{\{?[\s\S]*?\}\}\}?|#\{[^}]*\}/g, 'x'.repeat(VARIABLE_LENGTH));
  const characters = [...written];
  const gsm = characters.every((character) => BASIC.has(character) || EXTENDED.has(character));
  const length = gsm
    ? characters.reduce((sum, character) => sum + (EXTENDED.has(character) ? 2 : 1), 0)
    : written.length;
  const { alone, part } = gsm ? GSM : UCS2;
  return length <= alone ? 1 : Math.ceil(length / part);
}
