/** What the main thread gives a worker when it starts it (`workerData`). */
export interface WorkerSetup {
  readonly codeDir: string;
  /** `<file>.<export>`, e.g. `index.handler`. */
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly logGroupName: string;
  /** Shared offset of the local clock. */
  readonly clock: SharedArrayBuffer;
}

/** One invocation on its way to a worker; `payload` is JSON text in UTF-8, transferred. */
export interface InvokeMessage {
  readonly requestId: string;
  readonly payload: Uint8Array;
  readonly timeoutMs: number;
}

/** What a worker tells: its code is loaded, or an invocation ended. A failed import ends the worker instead. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'ended';
      readonly requestId: string;
      readonly payload: Uint8Array;
      readonly failed: boolean;
    };
