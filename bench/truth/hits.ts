/**
 * What the files of ../shared/data say was done, read by the spec's words alone: neither the product's code nor the
 * mapping that turns the same rows into requests is used here, so that they can be judged by it.
 */
import { createReadStream, readFileSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

/** One thing that one person did; `who` is missing for those who gave no consent. */
export interface Hit {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly who: string | undefined;
  readonly name: string;
  readonly page?: string;
  readonly from?: Origin;
  /** Of a purchase or refund, in hundredths. */
  readonly cents?: number;
  readonly currency?: string;
}

export interface Origin {
  readonly source: string;
  readonly medium: string;
  readonly channel: string;
}

type Row = Readonly<Record<string, string>>;

export async function* csvRows(file: string): AsyncGenerator<Row> {
  yield* createReadStream(file)
    .pipe(createGunzip())
    .pipe(parse({ columns: true })) as AsyncIterable<Row>;
}

const RULES = (
  JSON.parse(readFileSync(new URL('../../lib/events/traffic-sources.json', import.meta.url), 'utf8')) as {
    rules: { kind: string; pattern: string; source?: string; medium?: string; channel: string }[];
  }
).rules;

const DIRECT: Origin = { source: '(direct)', medium: '(none)', channel: 'Direct' };
const ruleOf = (kind: string, pattern: string) =>
  RULES.find((rule) => rule.kind === kind && rule.pattern === pattern);

/** Where a visitor came from whose browser named this host as referrer. */
function fromHost(host: string): Origin {
  const bare = host.toLowerCase().replace(/^www\./, '');
  const rule = ruleOf('host', bare) ?? ruleOf('host', `${bare.split('.')[0]}.*`);
  return rule
    ? { source: rule.source ?? bare, medium: rule.medium ?? 'referral', channel: rule.channel }
    : { source: bare, medium: 'referral', channel: 'Referral' };
}

/** GA's source and medium of a session, as a browser would have told them. */
function originOf(session: Row): Origin {
  const { source = '', medium = '' } = session;
  if (source === '(direct)') return DIRECT;
  if (medium === 'organic') return fromHost(source.includes('.') ? `${source}.com` : `www.${source}.com`);
  if (medium === 'referral') return fromHost(source);
  const known = medium === '(not set)' ? undefined : medium;
  return {
    source,
    medium: known ?? '(not set)',
    channel: ruleOf('medium', known?.toLowerCase() ?? '')?.channel ?? 'Other',
  };
}

const GA_NAMES: Readonly<Record<string, string>> = {
  page_view: 'page_view',
  product_click: 'select_item',
  promotion_click: 'select_promotion',
  product_view: 'view_item',
  add_to_cart: 'add_to_cart',
  remove_from_cart: 'remove_from_cart',
  checkout: 'begin_checkout',
  interaction: 'interaction',
};

/** What a hit is called. Of a confirmation page only the one that tells a revenue is an order (docs/metrics.md). */
export function gaNameOf(row: Row): string {
  if (row['event_type'] !== 'purchase') return GA_NAMES[row['event_type'] ?? ''] ?? '?';
  return row['order_revenue'] === '' ? 'purchase_confirmation_view' : 'purchase';
}

/** GA360 hits until the first one at or after `endMs`. */
export async function* gaHits(
  eventsFile: string,
  sessionsFile: string,
  endMs = Number.POSITIVE_INFINITY,
): AsyncGenerator<Hit> {
  const origins = new Map<string, Origin>();
  for await (const row of csvRows(sessionsFile))
    origins.set(`${row['session_id']} ${row['store_date']}`, originOf(row));
  for await (const row of csvRows(eventsFile)) {
    const at = Date.parse(row['event_time'] ?? '');
    if (at >= endMs) return;
    const name = gaNameOf(row);
    const from = origins.get(`${row['session_id']} ${row['store_date']}`);
    yield {
      at,
      who: row['user_id'],
      name,
      page: row['page_path'] ?? '',
      ...(from ? { from } : {}),
      ...(name === 'purchase'
        ? { cents: Math.round(Number(row['order_revenue']) * 100), currency: 'USD' }
        : {}),
    };
  }
}

export interface Invoice {
  readonly number: string;
  /** `YYYY-MM-DD HH:MM:SS`, taken for UTC. */
  readonly date: string;
  /** Empty when the customer is not known. */
  readonly customer: string;
  /** Below zero for what was given back. */
  readonly cents: number;
}

/** Invoices of the retail file; of its first `lines` lines. */
export async function retailInvoices(file: string, lines = Number.POSITIVE_INFINITY): Promise<Invoice[]> {
  const invoices = new Map<string, { number: string; date: string; customer: string; amount: number }>();
  let read = 0;
  for await (const row of csvRows(file)) {
    if (read++ >= lines) break;
    const number = row['InvoiceNo'] ?? '';
    const amount = Number(row['Quantity']) * Number(row['UnitPrice']);
    const invoice = invoices.get(number);
    if (invoice) invoice.amount += amount;
    else
      invoices.set(number, {
        number,
        date: row['InvoiceDate'] ?? '',
        customer: row['CustomerID'] ?? '',
        amount,
      });
  }
  return [...invoices.values()].map(({ amount, ...rest }) => ({ ...rest, cents: Math.round(amount * 100) }));
}

/** Cancelled invoices, and corrections below zero, are refunds. */
export const isRefund = ({ number, cents }: Invoice): boolean => number.startsWith('C') || cents < 0;

export const retailHits = (invoices: readonly Invoice[]): Hit[] =>
  invoices.map((invoice) => ({
    at: Date.parse(`${invoice.date.replace(' ', 'T')}Z`),
    who: invoice.customer === '' ? undefined : invoice.customer,
    name: isRefund(invoice) ? 'refund' : 'purchase',
    cents: Math.abs(invoice.cents),
    currency: 'GBP',
  }));
