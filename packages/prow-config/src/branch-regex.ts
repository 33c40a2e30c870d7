export function compileBranchRegex(text: string): { readonly regex?: RegExp; readonly problem?: string } {
  throw new Error(`being written: ${text}`);
}
