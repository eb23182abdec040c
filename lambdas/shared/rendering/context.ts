/** What a template may know beside its recipient's values. */
export interface RenderContext {
  /** Epoch milliseconds that `now` shows. */
  readonly now: number;
  /** IANA name of the zone that dates are shown in unless the template says another. */
  readonly timeZone: string;
  /** A random UUID for each `uuid`. */
  readonly newId: () => string;
}
