import { randomInt } from 'node:crypto';
import { flag, number, struct, text } from '../../wire/shape.ts';

/** GenerateSecretString of an AWS::SecretsManager::Secret. */
export const generation = struct(
  {},
  {
    SecretStringTemplate: text,
    GenerateStringKey: text,
    PasswordLength: number,
    ExcludeCharacters: text,
    ExcludeLowercase: flag,
    ExcludeUppercase: flag,
    ExcludeNumbers: flag,
    ExcludePunctuation: flag,
    IncludeSpace: flag,
    RequireEachIncludedType: flag,
  },
);
type Generation = ReturnType<typeof generation>;

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

const pick = (alphabet: string): string => alphabet[randomInt(alphabet.length)] ?? '';

function shuffled(characters: string[]): string {
  for (let index = characters.length - 1; index > 0; index--) {
    const other = randomInt(index + 1);
    [characters[index], characters[other]] = [characters[other] ?? '', characters[index] ?? ''];
  }
  return characters.join('');
}

function password(asked: Generation): string {
  const excluded = new Set(asked.ExcludeCharacters ?? '');
  const types = [
    asked.ExcludeLowercase ? '' : LOWER,
    asked.ExcludeUppercase ? '' : LOWER.toUpperCase(),
    asked.ExcludeNumbers ? '' : '0123456789',
    asked.ExcludePunctuation ? '' : PUNCTUATION,
    asked.IncludeSpace ? ' ' : '',
  ]
    .map((type) => [...type].filter((character) => !excluded.has(character)).join(''))
    .filter((type) => type !== '');
  const length = asked.PasswordLength ?? 32;
  if (types.length === 0 || length < types.length)
    throw new Error('GenerateSecretString leaves no character to use');
  const required = asked.RequireEachIncludedType === false ? [] : types.map(pick);
  const rest = Array.from({ length: length - required.length }, () => pick(types.join('')));
  return shuffled([...required, ...rest]);
}

/** The value CloudFormation would generate: a password, or a JSON template with the password under a key. */
export function generated(asked: Generation): string {
  if (asked.SecretStringTemplate === undefined) return password(asked);
  if (asked.GenerateStringKey === undefined)
    throw new Error('GenerateSecretString with SecretStringTemplate needs GenerateStringKey');
  const template = JSON.parse(asked.SecretStringTemplate) as Record<string, unknown>;
  return JSON.stringify({ ...template, [asked.GenerateStringKey]: password(asked) });
}
