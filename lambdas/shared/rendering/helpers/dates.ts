import type { RenderContext } from '../context.ts';
import { type Moment, momentAt, momentOf } from '../dates/moment.ts';
import type { Piece } from '../dates/pattern.ts';
import { readBy } from '../dates/read.ts';
import { type DateStyle, styled, written } from '../dates/write.ts';
import { RenderingError } from '../errors.ts';
import { type Helper, helper } from './helper.ts';

const ENGLISH = 'en-US';

const shown = (moment: Moment, format: DateStyle | readonly Piece[], locale: string): string =>
  typeof format === 'string' ? styled(moment, format, locale) : written(moment, format, locale);

const zoneIn = (tz: string | undefined, { timeZone }: RenderContext): string => tz ?? timeZone;

/** Pinpoint's helpers for dates: styles, or patterns of Java's SimpleDateFormat. */
export const DATES = {
  dateFormat: helper({
    params: ['text', 'dateStyle'],
    needs: 1,
    named: {
      inputFormat: 'datePattern',
      outputFormat: 'dateStyle',
      format: 'dateStyle',
      tz: 'zone',
      locale: 'locale',
    },
    run: ([date = '', style], { inputFormat, outputFormat, format, tz, locale = ENGLISH }, context) => {
      const zone = zoneIn(tz, context);
      const moment = inputFormat ? readBy(date, inputFormat, zone, locale) : momentOf(date, zone);
      if (moment) return shown(moment, outputFormat ?? style ?? format ?? 'medium', locale);
      throw new RenderingError(
        `${JSON.stringify(date.slice(0, 80))} is not a date as the template expects one`,
      );
    },
  }),
  now: helper({
    params: ['dateStyle'],
    needs: 0,
    named: { format: 'dateStyle', tz: 'zone', locale: 'locale' },
    run: ([style], { format, tz, locale = ENGLISH }, context) =>
      shown(momentAt(context.now, zoneIn(tz, context)), style ?? format ?? 'medium', locale),
  }),
} satisfies Record<string, Helper>;
