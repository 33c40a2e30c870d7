// What the other packages may use of `cloudbuild`.
export { placeIn, type BuildArtifacts, type BuildOptions, type BuildStep, type Cloudbuild, type SubstitutionOption, type Volume } from './build.ts';
export { parseCloudbuild } from './build-file.ts';
export { substitute, substituteText, type SubstitutedText, type SubstitutionValues } from './substitution.ts';
export { builderSubstitutions, parseBuilderArgs, type BuilderOptions, type BuilderSubstitutionsInput } from './builder.ts';
export { cleanDescribe, describeArgs, gitTag, gitTagPattern, passesTagFilter } from './git-tag.ts';
export { checkVariant, parseVariants, type Variants } from './variants.ts';
export { imagesPushed, opaqueProblems, type ImagesPushed, type OpaqueStep, type PushedImage } from './pushed-images.ts';
export { lintCloudbuild, type BuildLintInput } from './build-lint.ts';
export { problemCodes, type ProblemCode } from './problem-code.ts';
