import { INVARIANTS } from '#invariants/checkers/catalog.ts';
import { SCENARIOS } from '#scenarios/catalog/index.ts';
import { listDefects, loadDefect } from '#scenarios/defects/load-defect.ts';
import { FAULTS } from '#scenarios/faults/catalog.ts';
import { COMPONENTS, linksOf, TOPOLOGIES } from '#sut/contract/components.ts';

/** `docs/reference/catalogue.md`: everything that can be named on the command line or in a report, from the code itself. */
export async function renderCatalogue(): Promise<string> {
  const defects = await Promise.all((await listDefects()).map(async (name) => (await loadDefect(name)).defect));
  return [
    '# Catalogue',
    'Generated from the code by the test beside `cli/reference/render-catalogue.ts`; `npm run unit -- cli/reference -u` renews it.',
    list('Scenarios', SCENARIOS),
    list('Invariants', Object.values(INVARIANTS)),
    list('Faults', FAULTS),
    list(
      'Components',
      Object.entries(COMPONENTS).map(([name, { summary, defaultPort, kind }]) => ({
        name,
        summary: `${summary} (${kind}, port ${defaultPort})`,
      })),
    ),
    ...TOPOLOGIES.map(
      (topology) =>
        `## Links of the ${topology} topology\n\n${linksOf(topology)
          .map(({ name }) => `\`${name}\``)
          .join(', ')}`,
    ),
    list(
      'Defects',
      defects.map(({ name, summary, invariants, scenario }) => ({
        name,
        summary: `${summary} Caught by ${invariants.join(', ')} in ${scenario}.`,
      })),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

const list = (title: string, entries: readonly { readonly name: string; readonly summary: string }[]): string =>
  `## ${title}\n\n${entries.map(({ name, summary }) => `- \`${name}\`: ${summary}`).join('\n')}`;
