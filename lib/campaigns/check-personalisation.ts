import type { PersonalisationConfig } from '../config.ts';
import { unless } from '../shared/checks.ts';

/** Everything wrong with what texts may call attributes, and how they write amounts. */
export function personalisationProblems({ attributeLabels, locale }: PersonalisationConfig): string[] {
  const labels = Object.keys(attributeLabels);
  return [
    ...unless(isLocale(locale), `personalisation.locale "${locale}": expected a language such as ko-KR`),
    ...Object.entries(attributeLabels).flatMap(([label, attribute]) => [
      ...unless(
        /^[^{}#\\\p{Cc}]{1,50}$/u.test(label) && label.trim() === label,
        `personalisation.attributeLabels "${label}": expected 1 to 50 characters in one line without { } # \\ or spaces around them`,
      ),
      ...unless(
        /^[^{}[\]\\\p{Cc}]{1,50}$/u.test(attribute),
        `personalisation.attributeLabels.${label} "${attribute}": expected the name of an attribute, up to 50 characters without { } [ ] \\`,
      ),
    ]),
    ...labels.flatMap((label, index) => {
      const first = labels.slice(0, index).find((other) => normal(other) === normal(label));
      return unless(
        first === undefined,
        `personalisation.attributeLabels "${label}" and "${first}": texts cannot tell them apart`,
      );
    }),
  ];
}

/** Texts do not tell blanks, Unicode forms and the case of Latin letters apart (docs/personalisation.md). */
const normal = (label: string): string =>
  label.normalize('NFC').replaceAll(/\s+/g, ' ').replaceAll(/ ?_ ?/g, '_').toLowerCase();

function isLocale(locale: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale).length === 1;
  } catch {
    return false;
  }
}
