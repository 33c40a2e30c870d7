export function gitTag(describe: string, date: string): string {
  throw new Error(`being written: ${describe} ${date}`);
}
export function cleanDescribe(text: string): string {
  throw new Error(`being written: ${text}`);
}
export function describeArgs(options: { readonly versionTagFilter?: string | undefined }): string[] {
  throw new Error(`being written: ${options.versionTagFilter}`);
}
export function gitTagPattern(describe: string): RegExp {
  throw new Error(`being written: ${describe}`);
}
