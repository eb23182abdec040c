/** How much there is in the lake. */
export interface LakeSizes {
  /**
   * Bytes of all files of the view `events` for these UTC days (both inclusive), and of the view `namings` from a day on when one
   * is given; undefined when there are too many files to add up.
   */
  ofDays(
    days: { readonly from: string; readonly to?: string },
    namedFrom?: string,
  ): Promise<number | undefined>;
}
