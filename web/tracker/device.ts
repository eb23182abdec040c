/** The device as the tracking plan tells it. Pure. */

export interface Device {
  readonly type: 'pc' | 'mobile' | 'tablet';
  readonly platform: 'web';
  readonly os: string | undefined;
}

/** What systems call themselves in a User-Agent. The first match counts: Android says Linux too, an iPhone says Mac OS X. */
const SYSTEMS = {
  Android: 'Android',
  iP: 'iOS',
  Windows: 'Windows',
  'Mac OS X': 'macOS',
  CrOS: 'ChromeOS',
  Linux: 'Linux',
};

/** `touchPoints`: an iPad calls itself a Mac, and no Mac has a touch screen. */
export function deviceOf(userAgent: string, touchPoints: number): Device {
  const says = (word: string): boolean => userAgent.includes(word);
  const iPad = says('iPad') || (says('Macintosh') && touchPoints > 1);
  const [, system] = Object.entries(SYSTEMS).find(([word]) => says(word)) || [];
  return {
    type: iPad || (says('Android') && !says('Mobile')) ? 'tablet' : says('Mobi') ? 'mobile' : 'pc',
    platform: 'web',
    os: iPad ? SYSTEMS.iP : system,
  };
}
