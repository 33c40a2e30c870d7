// The commands for the field: Prow, Cloud Build, the promoter, registries. Like `program.ts` it only wires.
import type { Command } from 'commander';
import { collect, type Does } from './wiring.ts';

/** Declares them. */
export function addField(program: Command, does: Does): void {
  addPreflight(program, does);
  addProw(program, does);
  addCloudbuild(program, does);
  addPromoter(program, does);
  addRegistry(program, does);
}

function addPreflight(program: Command, does: Does): void {
  program
    .command('preflight')
    .description('tell what would go wrong with the release of an image; it only reads')
    .requiredOption('--repo <org/repo>', 'the repository to release')
    .requiredOption('--ref <ref>', 'the tag to release: refs/tags/v1.2.3')
    .requiredOption('--image <name[@digest]>', 'an image to promote, with its digest once it is built; repeatable', collect)
    .option('--project <name>', 'as in k8s-staging-NAME; that of the repository unless given')
    .option('--branch <name>', 'where the commit comes from', 'main')
    .option('--commit <rev>', 'the commit to release; the tag, or the newest of the branch')
    .option('--source <dir>', 'a clone of the repository; one is made for the moment unless given')
    .option('--jobs <dir>', 'job config of kubernetes/test-infra; fetched for the moment unless given')
    .option('--promoter <dir>', 'a checkout of kubernetes/k8s.io; GitHub is asked unless given')
    .option('--tags <number>', 'how many tags are pushed at once')
    .option('--pull <number>', 'the pull request to kubernetes/k8s.io, once it is open: what holds it, and how its promotion went')
    .option('--offline', 'ask nobody; what only others know is unknown then')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nIt ends with 1 when a check failed or could not be made.\n\nExample:\n  $ runbook preflight --repo kubernetes-sigs/apisnoop --ref refs/tags/v0.3.0 --image snoopdb')
    .action(does(async (flags: never) => (await import('./commands/preflight.ts')).preflight(flags)));
}

function addProw(program: Command, does: Does): void {
  const prow = program.command('prow').description('what Prow does with a push, and what it did');
  prow
    .command('jobs')
    .description('tell which postsubmits a push starts and why, from job config files')
    .requiredOption('--config <path...>', 'job config files, or folders of them such as test-infra/config/jobs')
    .requiredOption('--repo <org/repo>', 'the repository that is pushed to')
    .requiredOption('--ref <ref>', 'what is pushed: refs/tags/v1.2.3 or refs/heads/main')
    .option('--changed <file>', 'a file that the pushed commits change; repeatable. A tag push has none', collect)
    .option('--tags <number>', 'how many tags the same push carries')
    .option('--source <dir>', 'a clone of the repository, to tell _GIT_TAG where the name of the tag does not')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook prow jobs --config test-infra/config/jobs --repo kubernetes-sigs/apisnoop --ref refs/tags/v1.2.3')
    .action(does(async (flags: never) => (await import('./commands/prow-jobs.ts')).prowJobs(flags)));
  prow
    .command('lint')
    .argument('<path...>', 'job config files, or folders of them')
    .description('show what Prow refuses in job config files, and jobs that hardly do what was meant')
    .option('--format <format>', 'text, json, github (annotations) or sarif (code scanning)')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook prow lint test-infra/config/jobs/image-pushing --format github')
    .action(does(async (paths: string[], flags: never) => (await import('./commands/prow-jobs.ts')).prowLint(paths, flags)));
  addProwRuns(prow, does);
}

/** Options that say which runs of a job are meant. */
function withQuery(command: Command): Command {
  return command
    .option('--repo <org/repo>', 'of this repository; needed for presubmits')
    .option('--base-ref <name>', 'of this branch or tag')
    .option('--sha <sha>', 'of this commit or tag object')
    .option('--pull <number>', 'of this pull request')
    .option('--type <type>', 'presubmit, postsubmit, periodic or batch');
}

function addProwRuns(prow: Command, does: Does): void {
  withQuery(prow.command('runs').argument('<job>', 'the name of a job').description('list runs of a job, newest first, from Deck and the log bucket'))
    .option('--limit <number>', 'at most so many; 20 unless given')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook prow runs apisnoop-push-snoopdb-images --base-ref main --limit 5')
    .action(does(async (job: string, flags: never) => (await import('./commands/prow-runs.ts')).prowRuns(job, flags)));
  withQuery(prow.command('history').argument('<job>', 'the name of a job').description('tell how the runs of a job ended and how long they took'))
    .option('--limit <number>', 'at most so many; 50 unless given')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook prow history post-k8sio-image-promo')
    .action(does(async (job: string, flags: never) => (await import('./commands/prow-runs.ts')).prowHistory(job, flags)));
  withQuery(prow.command('log').argument('<job>', 'the page of a run, or a job: its newest run').description('show the log of a run'))
    .option('-n, --lines <number>', 'only so many of its last lines')
    .option('-f, --follow', 'go on until the run is over')
    .option('--artifact <path>', 'this file of the run instead, such as artifacts/build.log')
    .option('--json', 'as JSON: the run, and the text')
    .addHelpText('after', '\nExample:\n  $ runbook prow log apisnoop-push-snoopdb-images --artifact artifacts/build.log')
    .action(does(async (job: string, flags: never) => (await import('./commands/prow-runs.ts')).prowLog(job, flags)));
  withQuery(prow.command('wait').argument('<job>', 'the name of a job').description('wait until a run is over; tells what it pushed, or why it failed and who may rerun it'))
    .option('--timeout <time>', 'at most so long', '2h')
    .option('--poll <time>', 'how often Prow is asked', '30s')
    .option('--config <path...>', 'job config that says who may rerun it when it failed')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nIt ends with 3 when the time is up before the run is over.\n\nExample:\n  $ runbook prow wait apisnoop-push-snoopdb-images --sha "$(git rev-parse HEAD)"')
    .action(does(async (job: string, flags: never) => (await import('./commands/prow-runs.ts')).prowWait(job, flags)));
}

function addCloudbuild(program: Command, does: Does): void {
  const cloudbuild = program.command('cloudbuild').description('what a cloudbuild.yaml will do, before it is built');
  cloudbuild
    .command('lint')
    .argument('<path...>', 'cloudbuild.yaml files, or folders of them')
    .description('show what Cloud Build refuses, and what breaks between it and image-builder')
    .option('--job <name>', 'judge by the arguments of this job')
    .option('--config <path...>', 'the job config that has it: files or folders')
    .option('--staging <prefix>', 'where images must go: gcr.io/k8s-staging-x')
    .option('--format <format>', 'text, json, github (annotations) or sarif (code scanning)')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook cloudbuild lint apps/snoopdb --job apisnoop-push-snoopdb-images --config test-infra/config/jobs/image-pushing')
    .action(does(async (paths: string[], flags: never) => (await import('./commands/cloudbuild.ts')).cloudbuildLint(paths, flags)));
  cloudbuild
    .command('images')
    .argument('<file>', 'a cloudbuild.yaml')
    .argument('[name=value...]', 'more values, as --substitution takes them')
    .description('list the images that a build pushes; steps that do not tell are said to be unknown')
    .option('-s, --substitution <name=value>', 'a value: _GIT_TAG=v1, PROJECT_ID=p; repeatable', collect)
    .option('--project <id>', 'the project it is built in: PROJECT_ID; that of the job unless given')
    .option('--job <name>', 'what this job hands to it: project, passed names, variants')
    .option('--config <path...>', 'the job config that has it: files or folders')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook cloudbuild images apps/snoopdb/cloudbuild.yaml --project k8s-staging-apisnoop -s _GIT_TAG=v20260822-v0.3.0')
    .action(does(async (file: string, values: string[], flags: never) => (await import('./commands/cloudbuild.ts')).cloudbuildImages(file, values, flags)));
  cloudbuild
    .command('tag')
    .argument('[dir]', 'the build directory, in a git clone; that of the job, or here')
    .description('tell the image tag (_GIT_TAG) that image-builder gives to the commit here today')
    .option('--version-tag-filter <glob>', 'only tags that match, as the job says it')
    .option('--component <name>', 'what the image is called in tags; warn when git takes the tag of another')
    .option('--allow-dirty', 'the job has --allow-dirty')
    .option('--job <name>', 'the filter and the build directory of this job')
    .option('--config <path...>', 'the job config that has it: files or folders')
    .option('--json', 'as JSON')
    .addHelpText('after', "\nExample:\n  $ runbook cloudbuild tag apps/snoopdb --version-tag-filter 'snoopdb-*'\n  $ runbook cloudbuild tag --job apisnoop-push-snoopdb-images --config test-infra/config/jobs")
    .action(does(async (dir: string | undefined, flags: never) => (await import('./commands/cloudbuild-tag.ts')).cloudbuildTag(dir, flags)));
}

function addPromoter(program: Command, does: Does): void {
  const promoter = program.command('promoter').description('images.yaml and promoter-manifest.yaml of kubernetes/k8s.io');
  promoter
    .command('check')
    .argument('<path...>', 'images.yaml or promoter-manifest.yaml files, or folders with images/ and manifests/')
    .description('show what kpromo refuses, and what it takes although it promotes nothing or something else')
    .option('--base <rev>', 'also compare with this commit: tags that move, entries that the promotion job overlooks')
    .option('--online', 'also ask the registries: digests that staging has lost, new images for a single platform')
    .option('--format <format>', 'text, json, github (annotations) or sarif (code scanning)')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook promoter check registry.k8s.io --base origin/main --online')
    .action(does(async (paths: string[], flags: never) => (await import('./commands/promoter.ts')).promoterCheck(paths, flags)));
  promoter
    .command('add')
    .argument('<file>', 'an images.yaml')
    .description('add an image by the smallest edit, in the style and order of the file')
    .requiredOption('--image <name>', 'the name of the image, without registry')
    .requiredOption('--digest <digest>', 'sha256: and 64 hex digits')
    .requiredOption('--tag <tag>', 'the tag to promote it under')
    .option('--dry-run', 'show the edit and leave the file as it is')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook promoter add registry.k8s.io/images/k8s-staging-apisnoop/images.yaml --image snoopdb --tag v0.3.0 --digest "$digest"')
    .action(does(async (file: string, flags: never) => (await import('./commands/promoter.ts')).promoterAdd(file, flags)));
  promoter
    .command('regions')
    .argument('<file>', 'a promoter-manifest.yaml')
    .description('add the production regions that a manifest lacks, each written as its neighbour is')
    .option('--dry-run', 'show the edit and leave the file as it is')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook promoter regions registry.k8s.io/manifests/k8s-staging-apisnoop/promoter-manifest.yaml')
    .action(does(async (file: string, flags: never) => (await import('./commands/promoter.ts')).promoterRegions(file, flags)));
  promoter
    .command('plan')
    .argument('<path...>', 'images.yaml files, or folders with images/ and manifests/')
    .description('tell what a promotion run would copy, skip, lose or refuse')
    .option('--base <rev>', 'only what differs from this commit, as the promotion job finds it')
    .option('--inventory <file>', 'what the registries hold, as JSON; they are asked unless given')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook promoter plan registry.k8s.io/images/k8s-staging-apisnoop --base origin/main')
    .action(does(async (paths: string[], flags: never) => (await import('./commands/promoter-plan.ts')).promoterPlan(paths, flags)));
  promoter
    .command('status')
    .argument('<image:tag>', 'a promoted image, such as apisnoop/snoopdb:v0.2.0')
    .description('tell where a promoted image has arrived: the public front, every region, signature and age')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nIt ends with 1 unless every registry serves the same digest.\n\nExample:\n  $ runbook promoter status apisnoop/snoopdb:v0.2.0')
    .action(does(async (image: string, flags: never) => (await import('./commands/promotion.ts')).promoterStatus(image, flags)));
  promoter
    .command('pr')
    .description('open the pull request to kubernetes/k8s.io that promotes images; called again, it finds what it did')
    .requiredOption('--project <name>', 'as in k8s-staging-NAME')
    .requiredOption('--image <name@digest>', 'an image with its digest, or NAME=TAG with its tag in staging; repeatable', collect)
    .requiredOption('--tag <tag>', 'the tag to promote it under')
    .option('--fork <login>', 'whose fork carries the branch; GITHUB_USER, or that of the token')
    .option('--dry-run', 'show the first write in full and hold it back')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nThe token comes from GITHUB_TOKEN.\n\nExample:\n  $ runbook promoter pr --project apisnoop --image snoopdb=v20260822-v0.3.0 --tag v0.3.0')
    .action(does(async (flags: never) => (await import('./commands/promotion.ts')).promoterPull(flags)));
}

function addRegistry(program: Command, does: Does): void {
  const registry = program.command('registry').description('images in registries');
  registry
    .command('digest')
    .argument('<image...>', 'host/name:tag or host/name@sha256:…')
    .description('tell the digest of an image, or of many at once')
    .option('--platforms', 'and its platforms')
    .option('--parallel <number>', 'so many at once; 8 unless given')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook registry digest registry.k8s.io/apisnoop/snoopdb:v0.2.0\n\nOf many, each is told or said to be missing:\n  $ runbook registry digest gcr.io/k8s-staging-apisnoop/{snoopdb,auditlogger}:v0.2.0 --json')
    .action(does(async (images: string[], flags: never) => (await import('./commands/registry-digest.ts')).registryDigest(images, flags)));
  registry
    .command('tags')
    .argument('<repository>', 'host/name')
    .description('list the tags of a repository')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook registry tags gcr.io/k8s-staging-apisnoop/snoopdb')
    .action(does(async (repository: string, flags: never) => (await import('./commands/registry.ts')).registryTags(repository, flags)));
  registry
    .command('manifest')
    .argument('<image>', 'host/name:tag or host/name@sha256:…')
    .description('show what an image or index consists of')
    .option('--raw', 'the very bytes')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook registry manifest registry.k8s.io/apisnoop/snoopdb:v0.2.0')
    .action(does(async (image: string, flags: never) => (await import('./commands/registry.ts')).registryManifest(image, flags)));
  registry
    .command('ls')
    .argument('<repository>', 'host/name')
    .description('list what a repository holds, and the repositories below it where the registry tells')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook registry ls gcr.io/k8s-staging-apisnoop/snoopdb')
    .action(does(async (repository: string, flags: never) => (await import('./commands/registry.ts')).registryList(repository, flags)));
  registry
    .command('copy')
    .argument('<from>', 'host/name:tag or host/name@sha256:…')
    .argument('<to>', 'host/name:tag')
    .description('copy an image or index byte for byte; called again after an interruption, it goes on')
    .option('--parallel <number>', 'so many blobs at once; 4 unless given')
    .option('--dry-run', 'show the first write in full and hold it back')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nLogins are those that docker or podman keep.\n\nExample:\n  $ runbook registry copy gcr.io/k8s-staging-apisnoop/snoopdb:v20260822-v0.3.0 localhost:5000/snoopdb:v0.3.0')
    .action(does(async (from: string, to: string, flags: never) => (await import('./commands/registry.ts')).registryCopy(from, to, flags)));
}
