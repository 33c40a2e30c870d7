// Takes the types away from TypeScript. A file of its own so that the library is loaded with the first TypeScript block only.
import { transform } from 'sucrase';

/**
 * JavaScript with every line where it was.
 * @throws Error of the library, whose message ends with the place: `… (line:column)`.
 */
export function stripTypes(code: string): string {
  return transform(code, { transforms: ['typescript'], disableESTransforms: true, preserveDynamicImport: true }).code;
}

/**
 * The code as the body of a script, with every line where it was: Node tells where a script is wrong, of a module it does not.
 * @throws as above.
 */
export function asScript(code: string): string {
  return `(async () => {${transform(code, { transforms: ['imports'], disableESTransforms: true, preserveDynamicImport: true }).code}\n})`;
}
