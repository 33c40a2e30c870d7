// cloudbuild.yaml and image-builder, as data.
export {};
