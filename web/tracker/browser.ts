/** The browser as the tracker's world. */
import type { Options } from './api.ts';
import { deviceOf } from './device.ts';
import type { Store } from './queue.ts';
import type { Answer } from './sender.ts';
import type { Open } from './tracker.ts';
import type { World } from './world.ts';

/** A little longer than API Gateway waits for its function. */
const TIMEOUT_MS = 31_000;
const COOKIE = 'repoint_id';
/** The longest that browsers keep a cookie. */
const COOKIE_DAYS = 400;

/** Storage may be switched off, full, or forbidden in a frame; each of them throws. */
function trying<T>(run: () => T, otherwise: T): T {
  try {
    return run();
  } catch {
    return otherwise;
  }
}

const store: Store = {
  keys: () => trying(() => Object.keys(localStorage), []),
  get: (key) => trying(() => localStorage.getItem(key), null),
  set: (key, value) => trying(() => localStorage.setItem(key, value), undefined),
  remove: (key) => trying(() => localStorage.removeItem(key), undefined),
};

/** `crypto.randomUUID` is for https only. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte, index) => {
    const marked = index === 6 ? (byte & 15) | 64 : index === 8 ? (byte & 63) | 128 : byte;
    return (marked + 256).toString(16).slice(1);
  }).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * `keepalive` lets a request outlive its page and still carry the key in its header. navigator.sendBeacon has no
 * headers, and API Gateway takes a key from nowhere else.
 */
async function post({ url, key }: Options, body: string): Promise<Answer> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body,
      keepalive: true,
      credentials: 'omit',
      signal: controller.signal,
    });
    const { status } = response;
    return status === 207 ? { ...((await response.json()) as Answer), status } : { status };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

function sharedId(domain: string | undefined): World['shared'] {
  if (!domain) return { get: () => undefined, set: () => undefined };
  return {
    get: () => new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(document.cookie)?.[1],
    set(id) {
      const age = id ? COOKIE_DAYS * 86_400 : 0;
      const secure = location.protocol === 'https:' ? '; Secure' : '';
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in browsers that shops serve.
      document.cookie = `${COOKIE}=${id ?? ''}; Domain=${domain}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
    },
  };
}

function onShown(run: (again: boolean) => void): void {
  const push = history.pushState;
  history.pushState = function (...args) {
    push.apply(this, args);
    run(false);
  };
  addEventListener('popstate', () => run(false));
  addEventListener('pageshow', ({ persisted }) => persisted && run(true));
}

function onLeave(run: () => void): void {
  addEventListener('pagehide', run);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && run());
}

/** A page that is put away, to be brought back as it was, hears nothing of other pages meanwhile. */
function onRemoved(key: string, run: () => void): void {
  let had: string | null;
  addEventListener('storage', (event) => event.key === key && event.newValue === null && run());
  addEventListener('pagehide', () => {
    had = store.get(key);
  });
  addEventListener('pageshow', () => had && !store.get(key) && run());
}

const worldOf = (options: Options): World => ({
  now: Date.now,
  random: Math.random,
  uuid,
  store,
  shared: sharedId(options.cookieDomain),
  page: () => ({ url: location.href, title: document.title, referrer: document.referrer }),
  device: () => deviceOf(navigator.userAgent, navigator.maxTouchPoints),
  post: (body) => post(options, body),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  warn: (...words) => options.debug && console.warn('repoint:', ...words),
  onShown,
  onLeave,
  onOnline: (run) => addEventListener('online', run),
  onRemoved,
});

/** A page that is rendered ahead is not seen, and may never be. */
export const openBrowser: Open = (options, opened) => {
  const open = () => opened(worldOf(options));
  const { prerendering } = document as Document & { readonly prerendering?: boolean };
  if (prerendering) document.addEventListener('prerenderingchange', open, { once: true });
  else open();
};
