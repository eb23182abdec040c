/** What a page calls. The build makes repoint.d.ts of this file and the tracking plan's types. */
import type { Plan } from './generated/plan.ts';

export interface Options {
  /** Address of the public API, `https://….execute-api.….amazonaws.com/v1`: an output of the deployment. */
  readonly url: string;
  /** Key of the public API. It may only write, so that it may stand in a page. */
  readonly key: string;
  /**
   * Whether the visitor allows analytics. Left out: nobody was asked, and the collector takes that for given. False wipes
   * what earlier pages stored; so where the answer comes late, call `init` late. It is to be said on every page: a
   * refusal is not stored, as nothing is.
   */
  readonly consent?: boolean;
  /** Tracks page_view when a page opens and when the address changes without a load; true by default. */
  readonly autoPageView?: boolean;
  /** `shop.example.com` keeps the anonymous id in a cookie of that domain, so that `m.shop.example.com` knows it too. */
  readonly cookieDomain?: string;
  /** Tells in the console what was not taken. */
  readonly debug?: boolean;
}

export type EventName = keyof Plan;

/** Properties may be left out where the plan requires none. */
type Args<Properties> =
  Record<never, never> extends Properties ? [properties?: Properties] : [properties: Properties];

export interface Calls {
  /** Calls before it wait for it; a second one changes nothing. */
  init(options: Options): void;
  track<Name extends EventName>(name: Name, ...properties: Args<Plan[Name]>): void;
  /** The member that is signed in; `login` and `signUp` say so by themselves. */
  identify(userId: string): void;
  /** Somebody signed out: from now on there is another anonymous visitor. */
  reset(): void;
  /** False, or anything but true: events name nobody from now on, and the device keeps nothing. */
  consent(analytics: boolean): void;
  /** Sends what waits; true when everything was taken, false when some of it has to be tried again. Never rejects. */
  flush(): Promise<boolean>;
}

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

/** One call for each event of the plan: `add_to_cart` is `addToCart`. An event named like a call above has `track` only. */
type Helpers = {
  [Name in EventName as Exclude<Camel<Name>, keyof Calls>]: (...properties: Args<Plan[Name]>) => void;
};

export interface Repoint extends Calls, Helpers {}
