import { Engine } from 'mrml';

export type FromMjml =
  | { readonly html: string; readonly problem?: undefined }
  | { readonly html?: undefined; readonly problem: string };

let engine: Engine | undefined;

/** The HTML that MJML makes, or what is wrong with it in words for its author. Nothing is fetched: includes are refused. */
export function fromMjml(mjml: string): FromMjml {
  engine ??= new Engine();
  const made = engine.toHtml(mjml);
  if (made.type === 'success') return { html: made.content };
  return { problem: `${made.message}${where(made, mjml)}` };
}

/** "line 3" of a mistake that has a place. */
function where(error: object, mjml: string): string {
  const start = (error as { details?: { position?: { start?: number } } }).details?.position?.start;
  if (start === undefined) return '';
  const before = Buffer.from(mjml).subarray(0, start).toString('utf8');
  return ` (line ${before.split('\n').length})`;
}
