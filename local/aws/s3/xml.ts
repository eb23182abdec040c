import { S3Error } from './errors.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

export type XmlValue = string | number | boolean | undefined | Raw | readonly Raw[];

/** Text that is XML already. */
export class Raw {
  readonly xml: string;
  constructor(xml: string) {
    this.xml = xml;
  }
}

/** `<name>…</name>` with a child per entry; undefined entries are left out. */
export function element(name: string, children: Readonly<Record<string, XmlValue>>): Raw {
  const inner = Object.entries(children).map(([child, value]) => {
    if (value === undefined) return '';
    if (value instanceof Raw) return value.xml;
    if (Array.isArray(value)) return value.map(({ xml }: Raw) => xml).join('');
    return `<${child}>${String(value).replace(/[&<>"\r]/g, (char) => ESCAPES[char] ?? char)}</${child}>`;
  });
  return new Raw(`<${name}>${inner.join('')}</${name}>`);
}

export const document = (root: Raw): string => `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}`;

/** The inner text of each `<name>` element; the bodies S3 takes nest no element in one of its own name. */
export function sections(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    (match) => match[1] ?? '',
  );
}

/** The text of the one `<name>` element, entities resolved. */
export function textOf(xml: string, name: string): string | undefined {
  const inner = sections(xml, name)[0];
  return inner?.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);/g, (_, entity: string) => resolveEntity(entity));
}

function resolveEntity(entity: string): string {
  if (entity.startsWith('#x')) return String.fromCodePoint(Number.parseInt(entity.slice(2), 16));
  if (entity.startsWith('#')) return String.fromCodePoint(Number(entity.slice(1)));
  const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[entity];
  if (named === undefined) throw new S3Error('MalformedXML', 400, `Unknown entity &${entity};`);
  return named;
}
