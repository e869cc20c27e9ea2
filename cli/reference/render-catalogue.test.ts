import { expect, it } from 'vitest';
import { renderCatalogue } from './render-catalogue.ts';

it('is what stands in docs/reference', async () => {
  await expect(await renderCatalogue()).toMatchFileSnapshot('../../docs/reference/catalogue.md');
});
