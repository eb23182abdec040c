/** What the tracker needs of a browser. */
import type { Device } from './device.ts';
import type { Page } from './envelope.ts';
import type { Store } from './queue.ts';
import type { Line } from './sender.ts';

export interface World extends Line {
  now(): number;
  /** A random UUID. */
  uuid(): string;
  readonly store: Store;
  page(): Page;
  device(): Device;
  /** The anonymous id that the domain's other sites know too, where there is a cookie for it. */
  readonly shared: {
    get(): string | undefined;
    /** Undefined takes it away. */
    set(id: string | undefined): void;
  };
  /** The address may have changed without a load; `again`: the page was left and brought back as it was. */
  onShown(run: (again: boolean) => void): void;
  onLeave(run: () => void): void;
  onOnline(run: () => void): void;
  /** Another page has removed this key from the store, in another tab or while this one was put away. */
  onRemoved(key: string, run: () => void): void;
}
