export { openPage, type Page, type Span } from './page.ts';
export { diagnosticsOf } from './diagnostics.ts';
export { hoverAt } from './hover.ts';
export { completionsAt } from './completion.ts';
export { definitionAt } from './definition.ts';
export { symbolsOf } from './symbols.ts';
export { formatAttributeTable } from './attribute-guide.ts';
export { frontMatterSchema, type JsonSchema } from './front-matter-schema.ts';
export { serveEditor, type ServeOptions } from './server.ts';
