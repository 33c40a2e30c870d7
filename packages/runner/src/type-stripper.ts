// The library that takes TypeScript's types away, behind a module of our own: a bundler turns a static import of a CommonJS
// package into the right names, and this module is only loaded with the first TypeScript block.
export { transform } from 'sucrase';
