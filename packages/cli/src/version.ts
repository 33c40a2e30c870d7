// The version of the tool, as `--version` prints it and reports name it. A test holds it to package.json.

/** The version of this package. */
export const version = '0.1.0';
