import type { Channel } from '../../content.ts';

/** Where a rule is written. */
export interface Source {
  readonly title: string;
  readonly url: string;
  /** YYYY-MM-DD: the version that was read came into force then, or was read then if it names no date. */
  readonly asOf: string;
}

/** Local times HH:MM; `from` belongs to the window, `until` no more. It may go past midnight. */
export interface NightWindow {
  readonly from: string;
  readonly until: string;
}

/** What a country asks of advertising by electronic means. Another country is another file of this shape. */
export interface Law {
  readonly consent: { readonly source: Source };
  readonly label: {
    readonly text: string;
    /** Where it stands, at the beginning; a channel that is not named gets none from us. */
    readonly places: { readonly [channel in Channel]?: 'title' | 'message' };
    readonly source: Source;
  };
  /** Channels whose message must tell, at its end, how to refuse further ones. */
  readonly optOut: { readonly channels: readonly Channel[]; readonly source: Source };
  readonly night: {
    readonly window: NightWindow;
    readonly source: Source;
    /** Channels with a window of their own. */
    readonly channels: {
      readonly [channel in Channel]?: { readonly window: NightWindow; readonly source: Source };
    };
    /** Channels the law lets through at night; a deployment chooses whether to make use of it. */
    readonly exempt: { readonly channels: readonly Channel[]; readonly source: Source };
  };
}
