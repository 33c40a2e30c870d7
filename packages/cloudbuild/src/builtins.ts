// The variables Cloud Build defines itself. Data only.
// Source: Google's page on substituting variable values; domain facts §3.2.

/** Known in every build. */
export const alwaysBuiltins: readonly string[] = ['PROJECT_ID', 'BUILD_ID', 'PROJECT_NUMBER', 'LOCATION'];

/** Known only in builds that a trigger starts; empty in builds that image-builder submits. */
export const triggerBuiltins: readonly string[] = [
  'TRIGGER_NAME', 'COMMIT_SHA', 'REVISION_ID', 'SHORT_SHA', 'REPO_NAME', 'REPO_FULL_NAME', 'BRANCH_NAME', 'TAG_NAME', 'REF_NAME',
  'TRIGGER_BUILD_CONFIG_PATH', 'SERVICE_ACCOUNT_EMAIL', 'SERVICE_ACCOUNT',
];
