import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Flow tests wait as often as they compute: begun first, they run beside the rest instead of after it. */
const waits = ({ moduleId }: TestSpecification): boolean =>
  moduleId.includes('/test/flows/') ||
  moduleId.endsWith('.conformance.ts') ||
  moduleId.endsWith('/runtime/system.test.ts');

export class FlowsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))];
  }
}
