/** Which page is shown, and which one led there. Pure. */
import type { Page } from './envelope.ts';

/** The address without an anchor within the page; `#/…` and `#!…` are addresses of their own in some shops. */
export const pageOf = (url: string): string => url.replace(/#(?![/!]).*$/, '');

/** Where pages change without a load the browser's own referrer stays that of the first. */
export function createPages() {
  let shown: string | undefined;
  let referrer: string | undefined;
  return {
    isNew: (url: string): boolean => pageOf(url) !== pageOf(shown ?? ''),
    /** The page as an event on it tells it; `viewed`: the event is that it was shown. */
    told(page: Page, viewed: boolean): Page {
      if (viewed) {
        if (shown && shown !== page.url) referrer = shown;
        shown = page.url;
      }
      return { ...page, referrer: referrer ?? page.referrer };
    },
  };
}
