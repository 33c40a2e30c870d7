// images.yaml and promoter-manifest.yaml: check, minimal edit, promotion plan.
export {};
