// The texts of a build in which Cloud Build substitutes variables, with their paths. `id`, `waitFor`, `timeout` and
// `script` are not among them.
// Source: cloud-build-local:subst/subst.go; logsBucket, options, serviceAccount and secrets from Google's docs.
import type { BuildStep, Cloudbuild } from './build.ts';

/** The build with each substituted text replaced by what `change` gives for it. */
export function mapTexts(build: Cloudbuild, change: (text: string, path: string) => string): Cloudbuild {
  const each = (texts: readonly string[], path: string): readonly string[] => texts.map((text, index) => change(text, `${path}[${index}]`));
  const step = (one: BuildStep, index: number): BuildStep => {
    const at = `steps[${index}]`;
    return {
      ...one,
      name: change(one.name, `${at}.name`),
      args: each(one.args, `${at}.args`),
      env: each(one.env, `${at}.env`),
      ...(one.dir === undefined ? {} : { dir: change(one.dir, `${at}.dir`) }),
      ...(one.entrypoint === undefined ? {} : { entrypoint: change(one.entrypoint, `${at}.entrypoint`) }),
    };
  };
  const { artifacts, options } = build;
  const objects = artifacts?.objects;
  return {
    ...build,
    steps: build.steps.map(step),
    images: each(build.images, 'images'),
    tags: each(build.tags, 'tags'),
    options: { ...options, env: each(options.env, 'options.env'), ...(options.pool === undefined ? {} : { pool: change(options.pool, 'options.pool.name') }) },
    secretVersions: build.secretVersions.map((name, index) => change(name, `availableSecrets.secretManager[${index}].versionName`)),
    ...(build.logsBucket === undefined ? {} : { logsBucket: change(build.logsBucket, 'logsBucket') }),
    ...(build.serviceAccount === undefined ? {} : { serviceAccount: change(build.serviceAccount, 'serviceAccount') }),
    ...(artifacts === undefined
      ? {}
      : {
          artifacts: {
            images: each(artifacts.images, 'artifacts.images'),
            ...(objects === undefined ? {} : { objects: { location: change(objects.location, 'artifacts.objects.location'), paths: each(objects.paths, 'artifacts.objects.paths') } }),
          },
        }),
  };
}

/** Every substituted text with its path, in the order of the fields. */
export function listTexts(build: Cloudbuild): readonly { readonly text: string; readonly path: string }[] {
  const found: { text: string; path: string }[] = [];
  mapTexts(build, (text, path) => {
    found.push({ text, path });
    return text;
  });
  return found;
}
