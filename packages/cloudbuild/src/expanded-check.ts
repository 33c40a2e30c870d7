// Cloud Build's rules on names that only make sense after substitution: builder images, images, build tags.
// Source: cloud-build-local:validate/validate.go (CheckBuildAfterSubstitutions); domain facts §3.3.
import type { ReportAt } from './build-fields.ts';
import type { Cloudbuild } from './build.ts';

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
// A tag and a digest together are newer than the reference code; real files use both.
const imageName = new RegExp(`^(?:${label}(?:\\.${label})*(?::[0-9]+)?/)?${component}(?:/${component})*(?::${tag})?(?:@sha256:${tag})?$`);
const buildTag = new RegExp(`^${tag}$`);

/** True for `host/path/name[:tag][@digest]` with lower-case path. */
export function isImageName(text: string): boolean {
  return text.length <= 1000 && imageName.test(text);
}

/** Reports the names of an expanded build that Cloud Build refuses. Texts still holding a `$` were reported before. */
export function checkExpanded(build: Cloudbuild, report: ReportAt): void {
  build.steps.forEach((step, index) => {
    if (step.name !== '' && !step.name.includes('$') && !isImageName(step.name)) report(`steps[${index}].name`, 'bad-image-name', `invalid build step name "${step.name}"`, 'Name an image.');
  });
  build.images.forEach((image, index) => {
    if (image.includes('$') || isImageName(image)) return;
    const upper = isImageName(image.toLowerCase()) ? ' contains uppercase letters' : '';
    report(`images[${index}]`, 'bad-image-name', `invalid image name "${image}"${upper}`, image.endsWith(':') ? 'The tag is empty; the variable in it has no value.' : 'Write host/path/name:tag.');
  });
  build.tags.forEach((one, index) => {
    if (one !== '' && !one.includes('$') && !buildTag.test(one)) report(`tags[${index}]`, 'bad-build-tag', `invalid build tag "${one}": must match format "^(${tag})$"`, 'Use letters, digits, "_", "." and "-".');
  });
}
