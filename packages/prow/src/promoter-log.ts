// What the log of a promotion job tells beside its state: kpromo is green when it has skipped a digest, and when it has seen none.
// Pure. A line that fits nothing here is no evidence of anything.

const lost = /skipping (\S+@sha256:[0-9a-f]{64}) because it is _LOST_/g;
const blind = /No digests found in prow diff, nothing to promote|No manifests to process, nothing to promote/;

/** The jobs that are the promoter, dry or not, under their names of today and of 2021 (domain §1.3, §1.5). */
export function isPromoterJob(job: string): boolean {
  return /^(?:pull|post|ci)-k8sio-(?:image-promo|cip)$/.test(job);
}

/**
 * Why a promotion promoted less than was meant, in sentences, each once; empty when its log names nothing of the kind. What is in
 * production already is no such thing. Source: PT:promoter/image/promotion/edge.go; domain §5.2, §5.3 and §7 (row 6).
 */
export function explainPromoterLog(log: string): readonly string[] {
  const found = [...log.matchAll(lost)].map(([, image = '']) => `${image} is lost: staging does not hold it under this name, so the promoter skipped it, and the job is green all the same. Take the digest from staging again, or build anew, and correct images.yaml.`);
  if (blind.test(log)) found.push('The promoter saw no digest in the change and promoted nothing: a digest must stand in double quotes, alone on its line, with its tags behind it.');
  return [...new Set(found)];
}
