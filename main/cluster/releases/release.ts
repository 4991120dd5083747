import type { Dialect } from './dialect.ts';

/** The images of a release, by what they are for. References as published; a private registry replaces the host. */
export interface ReleaseImages {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly kubeScheduler: string;
  readonly kubeProxy: string;
  readonly kubelet: string;
  /** Runs `kubectl apply -f` in the add-on deploy jobs. */
  readonly kubectl: string;
  /** nginx with the stream module: nginx-proxy on workers, and port listeners. Has bash for the checkers. */
  readonly nginx: string;
  readonly pause: string;
  readonly flannel: string;
  readonly cniPlugins: string;
  readonly coredns: string;
  readonly metricsServer: string;
}

/** A catalogue entry. */
export interface Release {
  /** `v1.36.3`. */
  readonly version: string;
  /** `1.36`. */
  readonly minor: string;
  /** ISO dates of the minor: general availability and end of upstream support. */
  readonly generalAvailability: string;
  readonly endOfSupport: string;
  readonly images: ReleaseImages;
  readonly dialect: Dialect;
  /** Minors from which an upgrade to this one is supported. */
  readonly upgradesFrom: readonly string[];
  /** For adoption of what exists only: never offered for a new cluster. */
  readonly legacy: boolean;
}
