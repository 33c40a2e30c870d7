// A document as a page. What it takes is heavy, so it is loaded when a page is wanted and never before.
import type { PageSource } from './page/document.ts';

export type { PageSource } from './page/document.ts';

/**
 * Renders a document as one HTML page that needs nothing else and loads nothing: sanitised, with a strict policy, whatever the
 * document holds. Nothing of the document is run.
 */
export async function renderPage(source: PageSource): Promise<string> {
  const { buildPage } = await import('./page/document.ts');
  return buildPage(source);
}
