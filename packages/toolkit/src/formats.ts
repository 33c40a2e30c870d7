// The files of the field, as a script block may read, check and edit them: what Prow, Cloud Build and the promoter make of a text.
// All of it is pure; nothing is read from disk or asked outside.
import { builderSubstitutions, gitTag, imagesPushed, lintCloudbuild, parseBuilderArgs, parseCloudbuild, parseVariants, substitute } from '@runbook/cloudbuild';
import { addImage, addRegions, checkChange, checkTree, destinations, needsMultiArch, parseImages, parseManifest, planPromotion, productionRegions, sourceRegistry } from '@runbook/promoter';
import { jobsFor, lintJobs, parseJobs, presubmitsFor } from '@runbook/prow-config';

/** Job config of Prow: which jobs a push or a pull request starts, and why. */
export const prowConfig = { parseJobs, lintJobs, jobsFor, presubmitsFor } as const;

/** cloudbuild.yaml and image-builder: what a build is refused for, what it pushes, under which tag. */
export const cloudbuild = { parseCloudbuild, lintCloudbuild, parseVariants, substitute, imagesPushed, parseBuilderArgs, builderSubstitutions, gitTag } as const;

/** images.yaml and promoter-manifest.yaml: what kpromo makes of them, and the smallest edit. */
export const promoter = { parseImages, parseManifest, sourceRegistry, destinations, addImage, addRegions, checkTree, checkChange, planPromotion, needsMultiArch, productionRegions } as const;
