/** What lies on the queue `imports`. */
export type JobMessage =
  | { readonly kind: 'import'; readonly appId: string; readonly jobId: string }
  /** Erases what a deleted application or segment leaves: lists, and an application's endpoints (going on at `from`). */
  | {
      readonly kind: 'erase';
      readonly appId: string;
      readonly segmentId?: string;
      readonly from?: string;
    };
