import type { Cloudbuild } from './build.ts';
/** An image that a build will push. */
export interface PushedImage {
  /** Reference as written after substitution, with its tag. */
  readonly reference: string;
  /** Only when the build says it: `linux/amd64`, …. */
  readonly platforms?: readonly string[];
  /** 0-based step that pushes; absent when Cloud Build pushes it from `images:`. */
  readonly step?: number;
}
/** A step that may push images which cannot be known from the file. */
export interface OpaqueStep {
  /** 0-based. */
  readonly step: number;
  /** The step's builder image. */
  readonly name: string;
  /** A sentence for people. */
  readonly why: string;
}
export interface ImagesPushed {
  readonly images: readonly PushedImage[];
  readonly opaque: readonly OpaqueStep[];
}
export function imagesPushed(build: Cloudbuild): ImagesPushed {
  throw new Error(`being written: ${build.file}`);
}
