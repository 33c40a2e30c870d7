// The regions production images live in. Data only.

/** The 22 Artifact Registry regions of registry.k8s.io, in the order manifests list them (K:registry.k8s.io/manifests, 2026). */
export const productionRegions: readonly string[] = [
  'asia-east1', 'asia-south1', 'asia-northeast1', 'asia-northeast2', 'australia-southeast1', 'europe-north1',
  'europe-southwest1', 'europe-west1', 'europe-west2', 'europe-west3', 'europe-west4', 'europe-west8', 'europe-west9',
  'europe-west10', 'southamerica-west1', 'us-central1', 'us-east1', 'us-east4', 'us-east5', 'us-south1', 'us-west1', 'us-west2',
];
