import { DAY_MS } from '../../durations.ts';
import { remembered } from '../remembered.ts';

type Style = 'long' | 'short';

/** Names of a locale's months, weekdays (from Sunday) and halves of the day. */
export interface Names {
  readonly months: Readonly<Record<Style, readonly string[]>>;
  readonly weekdays: Readonly<Record<Style, readonly string[]>>;
  readonly halves: readonly string[];
}

/** Newer locale data writes AM and PM in Korean, as nobody there does. */
const KOREAN_HALVES = ['오전', '오후'];
const styles = (list: (style: Style) => string[]) => ({ long: list('long'), short: list('short') });

function namesIn(locale: string): Names {
  const shown = (options: Intl.DateTimeFormatOptions, at: number): Intl.DateTimeFormatPart[] =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).formatToParts(at);
  const half = (hour: number) =>
    shown({ hour: 'numeric', hour12: true }, hour * 3_600_000).find(({ type }) => type === 'dayPeriod')
      ?.value ?? '';
  const texts = (parts: Intl.DateTimeFormatPart[]) => parts.map(({ value }) => value).join('');
  return {
    months: styles((month) =>
      Array.from({ length: 12 }, (_, n) => texts(shown({ month }, Date.UTC(2024, n, 1)))),
    ),
    // 1970-01-04 was a Sunday.
    weekdays: styles((weekday) =>
      Array.from({ length: 7 }, (_, n) => texts(shown({ weekday }, (3 + n) * DAY_MS))),
    ),
    halves: new Intl.Locale(locale).language === 'ko' ? KOREAN_HALVES : [half(1), half(13)],
  };
}

export const namesOf = remembered(namesIn);

/** A locale as Java writes it (`ko_KR`) or as the web does (`ko-KR`), in the web's form; undefined when it is none. */
export function localeOf(text: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
