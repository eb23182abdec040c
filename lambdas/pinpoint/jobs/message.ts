/** What lies on the queue `imports`. */
export type JobMessage =
  | { readonly kind: 'import'; readonly appId: string; readonly jobId: string }
  /** Erases what a deleted application leaves: endpoints (by scan, going on at `from`) and lists. */
  | { readonly kind: 'erase'; readonly appId: string; readonly from?: string };
