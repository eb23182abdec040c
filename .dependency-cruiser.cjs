// Boundary rules (docs/architecture.md, "What a file may touch"). A rule that fires names the file and the import.
const DOMAINS = 'events|members|segments|campaigns|journeys|channels|reports|recommendations|tastes|console';
const EDGE = '\\.(lambda|aws|http)\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'marketing-never-imports-the-engine',
      severity: 'error',
      from: { path: `^lambdas/(${DOMAINS})/` },
      to: { path: '^lambdas/pinpoint/' },
    },
    {
      name: 'the-engine-knows-nothing-of-marketing',
      severity: 'error',
      from: { path: '^lambdas/pinpoint/' },
      to: { path: `^lambdas/(${DOMAINS})/` },
    },
    {
      name: 'shared-belongs-to-no-domain',
      severity: 'error',
      from: { path: '^lambdas/shared/' },
      to: { path: `^lambdas/(${DOMAINS}|pinpoint)/` },
    },
    {
      name: 'domains-meet-at-index',
      comment: 'Another domain is imported through its index.ts only.',
      severity: 'error',
      from: { path: `^lambdas/(${DOMAINS})/` },
      to: { path: `^lambdas/(${DOMAINS})/`, pathNot: ['^lambdas/$1/', '/index\\.ts$'] },
    },
    {
      name: 'lib-imports-only-env',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^lambdas/', pathNot: '/env\\.ts$' },
    },
    {
      name: 'lambdas-never-import-lib-or-local',
      severity: 'error',
      from: { path: '^lambdas/' },
      to: { path: '^(lib|bin|local|bench|scripts|test)/|aws-cdk-lib|constructs' },
    },
    {
      name: 'env-imports-nothing',
      severity: 'error',
      from: { path: '^lambdas/.*/env\\.ts$' },
      to: { pathNot: '^lambdas/shared/env\\.ts$' },
    },
    {
      name: 'only-adapters-touch-the-sdk',
      comment:
        'AWS SDKs are imported by *.aws.ts; entries (*.lambda.ts) wire them; lambdas/shared holds the clients.',
      severity: 'error',
      from: { path: '^lambdas/', pathNot: EDGE },
      to: { path: 'node_modules/(@aws-sdk|@smithy)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'verbs-and-pure-files-touch-no-world',
      comment:
        'Of node itself they may use what only computes; files, sockets, timers and the process belong to adapters.',
      severity: 'error',
      from: { path: '^lambdas/', pathNot: EDGE },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|stream|zlib)$' },
    },
    {
      name: 'nobody-imports-an-entry',
      severity: 'error',
      from: { path: '^(lambdas|lib)/' },
      to: { path: '\\.lambda\\.ts$' },
    },
    {
      name: 'web-imports-only-itself',
      comment: 'What a page loads has no dependencies.',
      severity: 'error',
      from: { path: '^web/' },
      to: { pathNot: '^web/' },
    },
    {
      name: 'local-imports-no-lambda',
      comment: 'The local system runs bundles as the template wires them; it never reaches into the code.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^lambdas/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/generated/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
