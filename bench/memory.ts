import { resources } from '../test/support/template.ts';

/** Memory of a function as it is deployed, in MB; its name is without the stage (`pinpoint-deliver`). */
export function memoryOf(name: string): number {
  const found = resources('AWS::Lambda::Function').find(({ Properties }) =>
    String(Properties['FunctionName']).endsWith(`-${name}`),
  );
  return Number(found?.Properties['MemorySize']);
}
