// What the other packages may use of `promoter`.
export { parseImages, type ImageDigest, type ImageEntry, type ImagesFile } from './images-file.ts';
export { destinations, parseManifest, sourceRegistry, type ManifestRegistry, type PromoterManifest } from './manifest-file.ts';
export { productionRegions } from './regions.ts';
export { addRegions, type RegionEdit } from './region-edit.ts';
export { checkTree } from './tree.ts';
export { addImage, type ImageAddition, type ImageEdit, type ImageEditResult } from './image-edit.ts';
export { changedDigests } from './diff.ts';
export { checkChange, type ImagesChange } from './base-check.ts';
export { checkHoldings, type Holding, type HoldingsCheck } from './held-check.ts';
export { planPromotion, type Inventory, type ManifestPair, type Promotion, type PromotionEdge, type PromotionInput, type PromotionVerdict } from './promotion.ts';
export { needsMultiArch, parseSingleArchAllowed } from './multi-arch.ts';
export { problemCodes, type ProblemCode } from './problem-code.ts';
