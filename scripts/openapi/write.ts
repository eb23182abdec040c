import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from './document.ts';
import { apiPage } from './page.ts';

const DECLARED = `/** The OpenAPI 3.1 document of the private API. */
export const openApi: Record<string, unknown>;
/** The same as HTML. */
export const apiPage: string;
`;

/** Writes schemas/shared/generated/openapi.{js,d.ts}: the document and its page, as the function serves them. */
export function writeOpenApi(root: string): void {
  const document = openApiDocument(root);
  const dir = join(root, 'shared', 'generated');
  mkdirSync(dir, { recursive: true });
  const source = `export const openApi = ${JSON.stringify(document)};\nexport const apiPage = ${JSON.stringify(apiPage(document))};\n`;
  writeFileSync(join(dir, 'openapi.js'), source);
  writeFileSync(join(dir, 'openapi.d.ts'), DECLARED);
}
