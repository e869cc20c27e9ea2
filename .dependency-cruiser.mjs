// The direction of imports (ARCHITECTURE.md). Each rule says why it is there and what to do instead.
const testFiles = '\\.(test|bench)\\.ts$|/testing/';

/** Everything below `from` may import of our own code only what `allowed` names. */
const onlyMayImport = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from, pathNot: testFiles },
  to: { path: '^(cli|invariants|k8s|reports|scenarios|system-under-test|toxiproxy)/', pathNot: allowed },
});

export default {
  forbidden: [
    onlyMayImport(
      'judge-imports-nothing',
      '^invariants/',
      '^invariants/',
      'A judge that shares code with the accused shares its bugs: write it again here.',
    ),
    {
      name: 'judge-is-pure',
      severity: 'error',
      comment: 'The judge does no I/O and reads no clock: pass the data in.',
      from: { path: '^invariants/', pathNot: testFiles },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    onlyMayImport(
      'reports-read-results-only',
      '^reports/',
      '^(reports/|invariants/(model|history)/)',
      'A reporter turns a report into text; put the data into RunReport.',
    ),
    {
      name: 'reports-are-pure',
      severity: 'error',
      comment: 'Reporters return text; the CLI writes files.',
      from: { path: '^reports/', pathNot: testFiles },
      to: { dependencyTypes: ['core'] },
    },
    onlyMayImport(
      'toxiproxy-knows-nobody',
      '^toxiproxy/',
      '^toxiproxy/',
      'A driver of a foreign server stays reusable: pass what it needs in.',
    ),
    onlyMayImport(
      'k8s-knows-nobody',
      '^k8s/',
      '^k8s/',
      'A driver of a foreign server stays reusable: pass what it needs in.',
    ),
    onlyMayImport(
      'contract-imports-nothing',
      '^system-under-test/contract/',
      '^system-under-test/contract/',
      'The contract is what both sides may see; it depends on neither.',
    ),
    onlyMayImport(
      'platform-sees-contract',
      '^system-under-test/platform/',
      '^system-under-test/(platform|contract)/',
      'The system knows nothing of the harness, or it could flatter it.',
    ),
    onlyMayImport(
      'services-see-platform',
      '^system-under-test/services/',
      '^system-under-test/(services|platform|contract)/',
      'The system knows nothing of the harness, or it could flatter it.',
    ),
    {
      name: 'no-service-imports-another',
      severity: 'error',
      comment: 'Services talk over HTTP and Kafka; what they share belongs to platform.',
      from: { path: '^system-under-test/services/([^/]+)/', pathNot: testFiles },
      to: { path: '^system-under-test/services/', pathNot: '^system-under-test/services/$1/' },
    },
    onlyMayImport(
      'environment-sees-contract-and-drivers',
      '^system-under-test/environment/',
      '^(system-under-test/(environment|contract)/|toxiproxy/|k8s/)',
      'The environment starts processes; it does not know what is inside or who asks.',
    ),
    onlyMayImport(
      'scenarios-see-contract-only',
      '^scenarios/',
      '^(scenarios/|invariants/|reports/model/|toxiproxy/|k8s/|system-under-test/contract/)',
      'The engine works against the Environment interface and writes the bundle that reports/model describes; only the CLI wires a real environment to it.',
    ),
    {
      name: 'scenario-model-is-types',
      severity: 'error',
      comment: 'The model is vocabulary: no I/O in it.',
      from: { path: '^scenarios/model/', pathNot: testFiles },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'cli-runs-no-service-code',
      severity: 'error',
      comment: 'Services are processes; start them through the environment.',
      from: { path: '^cli/', pathNot: testFiles },
      // Except for the repair of a library that both sides use: it is for a whole process, whoever's that is.
      to: { path: '^system-under-test/(services|platform)/', pathNot: '/platform/kafka/rest-idle-connections\\.ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one idea.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      comment: 'An import that cannot be resolved hides an edge.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
