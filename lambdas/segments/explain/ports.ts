/** How much there is in the lake. */
export interface LakeSizes {
  /** Bytes of all files of the view `events` for these UTC days (both inclusive); undefined when there are too many files to add up. */
  ofDays(days: { readonly from: string; readonly to?: string }): Promise<number | undefined>;
}
