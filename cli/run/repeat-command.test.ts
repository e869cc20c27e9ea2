import { expect, it } from 'vitest';
import { repeatCommand } from './repeat-command.ts';

it('names all that the plan depends on', () => {
  expect(repeatCommand({ scenario: 's', seed: 7 })).toBe('npx chaos run s --seed 7');
  expect(repeatCommand({ scenario: 's', seed: 7, topology: 'cluster', stormMs: 1500, orders: 9, defect: 'd-1' })).toBe(
    'npx chaos run s --seed 7 --topology cluster --storm 1500ms --orders 9 --defect d-1',
  );
});

it('quotes a file name for the shell', () => {
  expect(repeatCommand({ scenario: 's', seed: 7, defect: "my bug's.json" })).toBe(
    `npx chaos run s --seed 7 --defect 'my bug'\\''s.json'`,
  );
});
