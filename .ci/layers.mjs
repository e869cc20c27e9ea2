// Checks the direction of imports, and that there was something to check: a cruiser that cannot read the sources
// reports no violations at all.
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import config from '../.dependency-cruiser.mjs';

const LAYERS = ['cli', 'invariants', 'k8s', 'reports', 'scenarios', 'system-under-test', 'toxiproxy'];
const LEAST_MODULES = 150;
const LEAST_CROSS_LAYER_IMPORTS = 40;

const { output } = await cruise(
  LAYERS,
  { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true },
  config.options.enhancedResolveOptions,
  { tsConfig: extractTSConfig('./tsconfig.json') },
);
const layerOf = (path) => path.split('/')[0];
const modules = output.modules.filter((module) => LAYERS.includes(layerOf(module.source)));
const crossing = modules.flatMap((module) =>
  module.dependencies.filter(
    (d) => LAYERS.includes(layerOf(d.resolved)) && layerOf(d.resolved) !== layerOf(module.source),
  ),
);

for (const violation of output.summary.violations) {
  const rule = config.forbidden.find((r) => r.name === violation.rule.name);
  console.error(`${violation.from} -> ${violation.to}: ${violation.rule.name}. ${rule?.comment ?? ''}`);
}
console.log(
  `layers: ${modules.length} modules, ${crossing.length} imports between layers, ${output.summary.violations.length} violations`,
);
if (modules.length < LEAST_MODULES || crossing.length < LEAST_CROSS_LAYER_IMPORTS) {
  console.error(
    `layers: expected at least ${LEAST_MODULES} modules and ${LEAST_CROSS_LAYER_IMPORTS} imports between layers: is the cruiser blind?`,
  );
  process.exit(1);
}
process.exit(output.summary.violations.length > 0 ? 1 : 0);
